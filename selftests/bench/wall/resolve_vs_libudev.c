// SPDX-License-Identifier: GPL-2.0-only
/*
 * From what identifies a NIC to the kernel's name: netdevname_resolve() of its
 * link by-path against libudev's way, which enumerates the network devices and
 * compares their properties. Both in one process, A B A B.
 */
#include <glob.h>
#include <libudev.h>
#include <netdevname.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS	5
#define COUNT	200

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int by_library(const char *path, char *name)
{
	char link[512];

	snprintf(link, sizeof(link), "by-path/%s", path);
	return netdevname_resolve(link, name, NULL);
}

static int by_libudev(const char *path, char *name)
{
	struct udev *udev = udev_new();
	struct udev_enumerate *all = udev_enumerate_new(udev);
	struct udev_list_entry *entry;
	int ret = -1;

	udev_enumerate_add_match_subsystem(all, "net");
	udev_enumerate_scan_devices(all);
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(all)) {
		struct udev_device *nic =
			udev_device_new_from_syspath(udev, udev_list_entry_get_name(entry));
		const char *value = nic ? udev_device_get_property_value(nic, "ID_PATH") : NULL;

		if (value && !strcmp(value, path)) {
			snprintf(name, NETDEVNAME_NAME_SIZE, "%s", udev_device_get_sysname(nic));
			ret = 0;
		}
		udev_device_unref(nic);
	}
	udev_enumerate_unref(all);
	udev_unref(udev);
	return ret;
}

static double measure(int (*resolve)(const char *path, char *name), const char *path)
{
	char name[NETDEVNAME_NAME_SIZE];
	double start = now();
	int i;

	for (i = 0; i < COUNT; i++)
		if (resolve(path, name))
			exit(1);
	return (now() - start) / COUNT;
}

int main(void)
{
	char ours_name[NETDEVNAME_NAME_SIZE] = "", udev_name[NETDEVNAME_NAME_SIZE] = "-";
	double ours = 0, theirs = 0;
	const char *path;
	glob_t found;
	int i;

	if (system("modprobe netdev_naming && udevadm settle --timeout=600") ||
	    glob("/dev/netdev/by-path/*", 0, NULL, &found))
		return 1;
	path = strrchr(found.gl_pathv[0], '/') + 1;
	if (by_library(path, ours_name) || by_libudev(path, udev_name) ||
	    strcmp(ours_name, udev_name)) {
		fprintf(stderr, "%s: %s is not %s\n", path, ours_name, udev_name);
		return 1;
	}
	for (i = 0; i < ROUNDS; i++) {
		ours += measure(by_library, path) / ROUNDS;
		theirs += measure(by_libudev, path) / ROUNDS;
	}
	printf("{\"name\":\"libnetdevname.resolve_vs_libudev\",\"unit\":\"s\",");
	printf("\"value\":%.9f,", ours);
	printf("\"reference\":\"libudev enumeration\",\"reference_value\":%.9f}\n", theirs);
	globfree(&found);
	return 0;
}
