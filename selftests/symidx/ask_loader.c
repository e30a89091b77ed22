// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of a guest that asks its kernel about damaged modules. /recipes has
 * a line for each:
 *
 *	ID BASE SIZE FLAGS [OFFSET:HEX]...
 *
 * The module is the file /base/BASE, cut or zero-extended to SIZE bytes, with
 * bytes replaced. FLAGS are those of finit_module(2). For each, two lines go to
 * the console, one before and one behind the call:
 *
 *	asking ID
 *	verdict ID ERRNO WORDS OF THE KERNEL
 *
 * The last line is "done", or "dirty" if a module does not unload: the guest
 * has to start again behind it, as after an oops. "start=ID" on the kernel's
 * command line skips what comes before that line.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYSLOG_READ_CLEAR 4
#define SYSLOG_CLEAR 5
#define SYSLOG_CONSOLE_OFF 6
#define LOG_ROOM 65536
#define LINE_ROOM 1048576
#define WORDS_ROOM 240
#define LARGEST 8388608

static unsigned char module[LARGEST];
static char line[LINE_ROOM];
static char log_text[LOG_ROOM];

static void die(const char *what)
{
	printf("ask_loader: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	reboot(RB_AUTOBOOT);
}

static long start_at(void)
{
	static char words[4096];
	FILE *in = fopen("/proc/cmdline", "re");
	char *found;

	if (!in || !fgets(words, sizeof(words), in))
		die("/proc/cmdline");
	fclose(in);
	found = strstr(words, "start=");
	return found ? atol(found + strlen("start=")) : 0;
}

static void read_base(const char *name, size_t size)
{
	char path[256];
	FILE *in;

	if (size > sizeof(module))
		die("a module of that size");
	memset(module, 0, size);
	snprintf(path, sizeof(path), "/base/%s", name);
	in = fopen(path, "re");
	if (!in || (!fread(module, 1, size, in) && ferror(in)))
		die(path);
	fclose(in);
}

/* "OFFSET:HEX" */
static void apply(const char *edit, size_t size)
{
	char *at;
	size_t offset = strtoul(edit, &at, 10);
	unsigned int byte;

	for (at++; isxdigit((unsigned char)at[0]) && offset < size; at += 2, offset++) {
		if (sscanf(at, "%2x", &byte) != 1)
			die("an edit");
		module[offset] = byte;
	}
}

/* 0 or the errno. The kernel refuses a file that somebody could still write to. */
static int insert(size_t size, int flags)
{
	int memory = memfd_create("module", MFD_CLOEXEC);
	char path[64];
	long rc;
	int reader, error;

	if (memory < 0 || write(memory, module, size) != (ssize_t)size)
		die("memfd");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	close(memory);
	if (reader < 0)
		die("memfd");
	rc = syscall(SYS_finit_module, reader, "", flags);
	error = rc ? errno : 0;
	close(reader);
	return error;
}

/* Unloads what was loaded since the first call, which counts what stays. */
static int unload(void)
{
	static int stay = -1;
	static char name[1024];
	FILE *in = fopen("/proc/modules", "re");
	int count = 0;

	if (!in)
		die("/proc/modules");
	name[0] = '\0';
	while (fgets(line, sizeof(line), in)) {
		if (!count++)	/* the newest comes first */
			sscanf(line, "%1023s", name);
	}
	fclose(in);
	if (stay < 0)
		stay = count;
	if (count == stay)
		return 0;
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

/* The kernel's last complaint, in one line. */
static const char *words(void)
{
	int size = klogctl(SYSLOG_READ_CLEAR, log_text, sizeof(log_text) - 1);
	static char last[WORDS_ROOM];
	char *save = NULL, *each, *p;

	last[0] = '\0';
	log_text[size > 0 ? size : 0] = '\0';
	for (each = strtok_r(log_text, "\n", &save); each; each = strtok_r(NULL, "\n", &save)) {
		p = strstr(each, "] ");
		if (strstr(each, "taint") || strstr(each, "Call Trace"))
			continue;
		snprintf(last, sizeof(last), "%.200s", p ? p + 2 : each);
	}
	for (p = last; *p; p++)
		if (!isprint((unsigned char)*p))
			*p = '?';
	return last;
}

/* What separates the words of a recipe. */
#define BLANKS	"\n "

static int ask(char *recipe)
{
	char *save = NULL;
	char *id = strtok_r(recipe, BLANKS, &save);
	char *base = strtok_r(NULL, BLANKS, &save);
	char *size_text = strtok_r(NULL, BLANKS, &save);
	char *flags = strtok_r(NULL, BLANKS, &save);
	char number[32];
	size_t size;
	char *edit;
	int error;

	if (!flags)
		die("a recipe");
	snprintf(number, sizeof(number), "%s", id);
	size = strtoul(size_text, NULL, 10);
	read_base(base, size);
	while ((edit = strtok_r(NULL, BLANKS, &save)))
		apply(edit, size);
	klogctl(SYSLOG_CLEAR, NULL, 0);
	printf("asking %s\n", number);
	fflush(stdout);
	error = insert(size, atoi(flags));
	printf("verdict %s %d %s\n", number, error, words());
	fflush(stdout);
	return error ? 0 : unload();
}

/* What the bases need, in /base/needs, stays loaded. */
static void load_needs(void)
{
	FILE *in = fopen("/base/needs", "re");
	char name[200];
	struct stat st;
	char path[256];

	while (in && fgets(name, sizeof(name), in)) {
		name[strcspn(name, "\n")] = '\0';
		snprintf(path, sizeof(path), "/base/%s", name);
		if (stat(path, &st))
			die(path);
		read_base(name, st.st_size);
		errno = insert(st.st_size, 0);
		if (errno)
			die(name);
	}
	if (in)
		fclose(in);
}

int main(void)
{
	const char *ending = "done";
	FILE *in;
	long first;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	klogctl(SYSLOG_CONSOLE_OFF, NULL, 0);
	first = start_at();
	load_needs();
	unload();
	in = fopen("/recipes", "re");
	if (!in)
		die("/recipes");
	while (fgets(line, sizeof(line), in)) {
		if (atol(line) < first)
			continue;
		if (ask(line)) {
			ending = "dirty";
			break;
		}
	}
	printf("%s\n", ending);
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	return 0;
}
