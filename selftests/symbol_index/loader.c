// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_index_loader: the module loader gets the same answers from the index as without
 * it, whatever comes and goes meanwhile.
 *
 * The kernel takes a second and more to enable or disable a live patch. So it stays from
 * one point to the next, only its mode changes, and what enables and disables comes last;
 * but every point brings about what it needs, and can be run alone.
 *
 * WAYMARK_LOADS says how many modules two CPUs load in mode verify, by the kernel's count, by
 * default 20, and 2,000 with WAYMARK_LONG; about as many go again. The seed is printed,
 * WAYMARK_SEED repeats a run.
 */
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <time.h>
#include "symidx_test.h"
#include "kselftest_harness.h"

#define LIVEPATCH "/sys/kernel/livepatch"
#define PATCH LIVEPATCH "/symbol_index_loader"
#define LOADER "/sys/module/symbol_index_loader/parameters/"
#define PROBE "/sys/module/symbol_index_probe/parameters/"
#define PATIENCE 120 /* seconds, for what normally takes one */
#define LOADS_PATIENCE 3600 /* seconds, for all loads in an emulated guest that is watched */

/* Waits until a file holds @wanted, or with NULL until it is gone. Whether that happened. */
static bool wait_for(const char *path, const char *wanted)
{
	time_t end = time(NULL) + PATIENCE;
	char text[256];

	do {
		bool there = !read_file(path, text, sizeof(text));

		if (wanted ? there && !strcmp(text, wanted) : !there)
			return true;
		usleep(20000);
	} while (time(NULL) < end);
	return false;
}

static long long counter(const char *name)
{
	char path[256], text[64];

	snprintf(path, sizeof(path), LOADER "%s", name);
	return read_file(path, text, sizeof(text)) ? -1 : atoll(text);
}

static bool loader_load(const char *mode)
{
	char parameter[64];
	const char *const argv[] = { "modprobe", "symbol_index_loader", parameter, NULL };

	snprintf(parameter, sizeof(parameter), "mode=%s", mode);
	return !run(argv) && wait_for(PATCH "/transition", "0");
}

/* True if it is gone. */
static bool loader_unload(void)
{
	time_t end;

	if (access(LOADER, F_OK))
		return true;
	if (!access(PATCH, F_OK)) {
		if (!wait_for(PATCH "/transition", "0") || write_file(PATCH "/enabled", "0") ||
		    !wait_for(PATCH "/enabled", NULL))
			return false;
	}
	/* Its directory goes a moment before livepatch lets go of the module. */
	for (end = time(NULL) + PATIENCE; time(NULL) < end; usleep(20000)) {
		int err = rmmod("symbol_index_loader");

		if (err != EWOULDBLOCK)
			return !err;
	}
	return false;
}

/* Has the patch enabled, in that mode. */
static bool loader_use(const char *mode)
{
	char enabled[8];

	if (!read_file(PATCH "/enabled", enabled, sizeof(enabled)) && !strcmp(enabled, "1"))
		return wait_for(PATCH "/transition", "0") && !write_file(LOADER "mode", mode);
	return loader_unload() && loader_load(mode);
}

/* What find_symbol() says of @name: "NAME found|missing OWNER". */
static int ask(int find, const char *name, char *answer, size_t size)
{
	ssize_t length = strlen(name);
	char *end;
	int i;

	if (pwrite(find, name, length, 0) != length)
		return -1;
	length = pread(find, answer, size - 1, 0);
	if (length < 0)
		return -1;
	answer[length] = 0;
	answer[strcspn(answer, "\n")] = 0;
	for (i = 0, end = answer; i < 3; i++)
		end += strcspn(end + (i > 0), " ") + (i > 0);
	*end = 0;
	return 0;
}

/* "churn": symbols that the probe's threads got so far, "loads": modules that came; or -1. */
static long long probe_count(const char *name)
{
	char path[256], text[64];

	snprintf(path, sizeof(path), PROBE "%s", name);
	return read_file(path, text, sizeof(text)) ? -1 : atoll(text);
}

static unsigned int loads_wanted(void)
{
	return setting("WAYMARK_LOADS", setting("WAYMARK_LONG", 0) ? 2000 : 20);
}

FIXTURE(loader)
{
	int fd;
	int find;	/* of the probe, see ask() */
};

FIXTURE_SETUP(loader)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	if (access(LIVEPATCH, F_OK)) {
		EXPECT_NE(0, modprobe("symbol_index_loader"));
		close(self->fd);
		SKIP(return, "this kernel has no live patching");
	}
	if (access(PROBE "find", F_OK))
		ASSERT_EQ(0, load_test_module("symbol_index_probe"));
	self->find = open(PROBE "find", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->find);
}

FIXTURE_TEARDOWN(loader)
{
	write_file(PROBE "churn", "0");
	rmmod("symbol_index_refuse");
	close(self->find);
	close(self->fd);
}

/* Every mode answers as the kernel does, for importers of both kinds. */
TEST_F_TIMEOUT(loader, same_answers_in_every_mode, 600)
{
	static const char *const modes[] = { "on", "verify", "off" };
	static const char *const extra[] = {
		"no_such_symbol", "kallsyms_lookup_name", "", "lc_create", "-no_such_symbol",
	};
	char **answers, answer[1024], question[600];
	struct symbols all = {};
	size_t i, n, count;
	unsigned int m;

	ASSERT_TRUE(loader_unload());
	modprobe("lru_cache");
	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, 65536, &all));
	for (i = 0; i < ARRAY_SIZE(extra); i++)
		symbols_add(&all, extra[i], "", 0, 0, 0);
	count = all.count;
	answers = calloc(2 * count, sizeof(*answers));
	for (m = 0; m <= ARRAY_SIZE(modes); m++) {
		/* First without the loader. */
		if (m == 1)
			ASSERT_TRUE(loader_load(modes[0]));
		if (m)
			ASSERT_EQ(0, write_file(LOADER "mode", modes[m - 1]));
		for (n = 0; n < 2 * count; n++) {
			i = n / 2;
			/* All of modules, a sample of the kernel's. */
			if (i % 61 && !strcmp(all.list[i].owner, "vmlinux"))
				continue;
			snprintf(question, sizeof(question), "%s%s", n % 2 ? "-" : "",
				 all.list[i].name);
			ASSERT_EQ(0, ask(self->find, question, answer, sizeof(answer)));
			if (!m)
				answers[n] = strdup(answer);
			else
				EXPECT_STREQ(answers[n], answer)
					TH_LOG("mode %s", modes[m - 1]);
		}
	}
	EXPECT_EQ(0, counter("differences"));
	EXPECT_LT(0, counter("verified"));
	for (n = 0; n < 2 * count; n++)
		free(answers[n]);
	free(answers);
	symbols_free(&all);
	rmmod("lru_cache");
}

TEST_F(loader, einval_mode)
{
	char mode[32];

	ASSERT_TRUE(loader_use("verify"));
	EXPECT_EQ(-1, write_file(LOADER "mode", "perhaps"));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_EQ(0, read_file(LOADER "mode", mode, sizeof(mode)));
	EXPECT_STREQ("verify", mode);
}

/* A GPL-only symbol is not there for an importer that may not use it. */
TEST_F(loader, gpl_only)
{
	char answer[256];

	ASSERT_TRUE(loader_use("on"));
	ASSERT_EQ(0, ask(self->find, "symbol_index_lookup", answer, sizeof(answer)));
	EXPECT_STREQ("symbol_index_lookup found symbol_index", answer);
	ASSERT_EQ(0, ask(self->find, "-symbol_index_lookup", answer, sizeof(answer)));
	EXPECT_STREQ("symbol_index_lookup missing -", answer);
	ASSERT_EQ(0, ask(self->find, "-register_netdev", answer, sizeof(answer)));
	EXPECT_STREQ("register_netdev found vmlinux", answer);
}

/* Of two modules that export the same symbol, the second is refused. */
TEST_F(loader, duplicate_export)
{
	static const char *const modes[] = { "off", "on", "verify" };
	unsigned int m;

	rmmod("lru_cache");
	ASSERT_TRUE(loader_use("on"));
	for (m = 0; m < ARRAY_SIZE(modes); m++) {
		ASSERT_EQ(0, write_file(LOADER "mode", modes[m]));
		ASSERT_EQ(0, load_test_module("symbol_index_duplicate"));
		EXPECT_NE(0, modprobe("lru_cache"));
		ASSERT_EQ(0, rmmod("symbol_index_duplicate"));
		ASSERT_EQ(0, modprobe("lru_cache"));
		EXPECT_NE(0, load_test_module("symbol_index_duplicate"));
		ASSERT_EQ(0, rmmod("lru_cache"));
	}
	EXPECT_EQ(0, counter("differences"));
}

/* A module that another notifier refuses is found by nobody. */
TEST_F(loader, refused_module)
{
	static const char *const modes[] = { "off", "on", "verify" };
	char answer[256];
	unsigned int m;

	rmmod("lru_cache");
	ASSERT_TRUE(loader_use("on"));
	ASSERT_EQ(0, load_test_module_with("symbol_index_refuse", "module=symbol_index_duplicate"));
	for (m = 0; m < ARRAY_SIZE(modes); m++) {
		ASSERT_EQ(0, write_file(LOADER "mode", modes[m]));
		ASSERT_EQ(EXDEV, load_test_module("symbol_index_duplicate"));
		ASSERT_EQ(0, ask(self->find, "lc_create", answer, sizeof(answer)));
		EXPECT_STREQ("lc_create missing -", answer);
	}
	EXPECT_EQ(0, counter("differences"));
	EXPECT_EQ(0, rmmod("symbol_index_refuse"));
}

/* Unloads a module in a process of its own. */
static pid_t rmmod_beside(const char *name)
{
	pid_t child = fork();

	if (!child)
		_exit(rmmod(name) ? 1 : 0);
	return child;
}

/*
 * After several modules were unloaded at once, every miss looks at no module again, without
 * another one coming or going.
 */
TEST_F_TIMEOUT(loader, modules_settle_after_unloads_at_once, 900)
{
	static const char *const modules[] = {
		"lru_cache", "crc8", "ts_kmp", "ts_bm", "ts_fsm", "nls_utf8", "nls_cp437",
	};
	unsigned int rounds = setting("WAYMARK_LONG", 0) ? 15 : 4;
	pid_t children[ARRAY_SIZE(modules)];
	unsigned int round, i;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < ARRAY_SIZE(modules); i++)
			modprobe(modules[i]);
		ASSERT_TRUE(wait_for(PROBE "settled", "1"));
		for (i = 0; i < ARRAY_SIZE(modules); i++)
			children[i] = rmmod_beside(modules[i]);
		for (i = 0; i < ARRAY_SIZE(modules); i++)
			waitpid(children[i], NULL, 0);
		ASSERT_TRUE(wait_for(PROBE "settled", "1")) TH_LOG("round %u", round);
	}
}

/* Modules that every distribution has, with exports and with imports from each other. */
static const char *const churned[] = {
	"lru_cache", "crc8", "ts_kmp", "ts_bm", "ts_fsm", "nls_utf8", "nls_cp437", "llc2",
	"8021q", "psnap", "p8022", "ip_set", "ip_set_hash_ip", "nf_conntrack", "xt_conntrack",
	"nf_tables", "nft_ct", "nft_nat", "sctp", "xt_set", "bridge", "br_netfilter",
};

/* What the two that churn share with the test. */
struct churners {
	const char *names[ARRAY_SIZE(churned)];	/* those that this kernel has as modules */
	unsigned int count;
	pid_t pids[2];
	bool stop;
};

/* In one pass over what depmod lists, "PATH/NAME.ko[.COMPRESSION]: DEPENDENCIES". */
static void churn_choose(struct churners *all)
{
	char path[256], *line = NULL, *name;
	struct utsname uts;
	size_t room = 0;
	unsigned int i;
	FILE *file;

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", uts.release);
	file = fopen(path, "re");
	while (file && getline(&line, &room, file) > 0) {
		line[strcspn(line, ":")] = 0;
		name = strrchr(line, '/');
		name = name ? name + 1 : line;
		name[strcspn(name, ".")] = 0;
		for (i = 0; i < ARRAY_SIZE(churned) && all->count < ARRAY_SIZE(churned); i++)
			if (!strcmp(churned[i], name))
				all->names[all->count++] = churned[i];
	}
	free(line);
	if (file)
		fclose(file);
}

/*
 * Loads and unloads at random on one CPU until told to stop: what is there mostly goes, what is
 * not mostly comes. The other CPU may have been faster.
 */
static void churn(struct churners *all, unsigned int cpu, unsigned int seed)
{
	char path[256];
	cpu_set_t cpus;
	const char *name;

	/* A test that fails leaves without a word. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	while (!__atomic_load_n(&all->stop, __ATOMIC_RELAXED)) {
		name = all->names[rand_r(&seed) % all->count];
		snprintf(path, sizeof(path), "/sys/module/%s", name);
		if (!access(path, F_OK) == !(rand_r(&seed) % 8))
			modprobe(name);
		else
			modprobe_remove(name);
	}
}

static void unload_churned(void)
{
	unsigned int round, i;

	for (round = 0; round < 4; round++)
		for (i = 0; i < ARRAY_SIZE(churned); i++)
			rmmod(churned[i]);
}

/* Two processes that churn; NULL without memory for what they share, or modules for them. */
static struct churners *churn_start(unsigned int seed)
{
	struct churners *all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	if (all == MAP_FAILED)
		return NULL;
	churn_choose(all);
	if (!all->count) {
		munmap(all, sizeof(*all));
		return NULL;
	}
	fflush(NULL);
	for (i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (!pid) {
			churn(all, i, seed + i);
			_exit(0);
		}
		all->pids[i] = pid;
	}
	return all;
}

/* Ends both; true if they ended as they should. */
static bool churn_end(struct churners *all)
{
	bool good = true;
	int status;

	__atomic_store_n(&all->stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		good &= waitpid(all->pids[i], &status, 0) == all->pids[i] && !status;
	unload_churned();
	return good;
}

/* Waits until so many modules came since the probe counted @before; how many it was. */
static long long wait_for_loads(long long before, unsigned int loads)
{
	time_t end = time(NULL) + LOADS_PATIENCE;
	long long came;

	while ((came = probe_count("loads") - before) < loads && time(NULL) < end)
		usleep(20000);
	return came;
}

TEST_F_TIMEOUT(loader, verify_random_loads, 2 * LOADS_PATIENCE)
{
	unsigned int loads = loads_wanted();
	unsigned int seed = setting("WAYMARK_SEED", time(NULL) ^ getpid());
	struct churners *all;
	long long verified, got, came;

	TH_LOG("WAYMARK_SEED=%u WAYMARK_LOADS=%u", seed, loads);
	ASSERT_TRUE(loader_use("verify"));
	verified = counter("verified");
	got = probe_count("churn");
	ASSERT_LE(0, got);
	ASSERT_EQ(0, write_file(PROBE "churn", "4"));
	came = probe_count("loads");
	ASSERT_LE(0, came);
	all = churn_start(seed);
	ASSERT_NE(NULL, all);
	came = wait_for_loads(came, loads);
	EXPECT_TRUE(churn_end(all));
	got = probe_count("churn") - got;
	EXPECT_EQ(0, write_file(PROBE "churn", "0"));
	verified = counter("verified") - verified;
	TH_LOG("%lld modules loaded, %lld symbols gotten, %lld searches, %lld moved",
	       came, got, verified, counter("moved"));
	TH_LOG("%u of %zu modules are there", all->count, ARRAY_SIZE(churned));
	EXPECT_EQ(0, counter("differences"));
	EXPECT_LT(loads, verified);
	EXPECT_LT(0, got);
	EXPECT_LE(loads, came);
	munmap(all, sizeof(*all));
}

TEST_F(loader, enable_disable_unload)
{
	char answer[256];
	int i;

	ASSERT_TRUE(loader_unload());
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(loader_load("on"));
		ASSERT_EQ(0, ask(self->find, "register_netdev", answer, sizeof(answer)));
		EXPECT_STREQ("register_netdev found vmlinux", answer);
		/* As long as it is enabled it stays. */
		EXPECT_NE(0, rmmod("symbol_index_loader"));
		EXPECT_NE(0, rmmod("symbol_index"));
		ASSERT_TRUE(loader_unload());
		ASSERT_EQ(0, ask(self->find, "register_netdev", answer, sizeof(answer)));
		EXPECT_STREQ("register_netdev found vmlinux", answer);
	}
}

/* The kernel searches by itself then, and the parameter does not say otherwise. */
TEST_F(loader, mode_is_off_once_the_patch_is_disabled)
{
	char mode[32];

	ASSERT_TRUE(loader_use("on"));
	ASSERT_EQ(0, read_file(LOADER "mode", mode, sizeof(mode)));
	EXPECT_STREQ("on", mode);
	ASSERT_EQ(0, write_file(PATCH "/enabled", "0"));
	ASSERT_EQ(0, read_file(LOADER "mode", mode, sizeof(mode)));
	EXPECT_STREQ("off", mode);
	EXPECT_EQ(-1, write_file(LOADER "mode", "on"));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_TRUE(wait_for(PATCH "/enabled", NULL));
	ASSERT_TRUE(loader_unload());
}

TEST_F(loader, mode_off_leaves_the_kernel_alone)
{
	static const char *const argv[] = { "modprobe", "symbol_index_loader", "mode=off", NULL };

	ASSERT_TRUE(loader_unload());
	ASSERT_EQ(0, run(argv));
	EXPECT_NE(0, access(PATCH, F_OK));
	/* Switching it on at run time patches. */
	EXPECT_EQ(0, write_file(LOADER "mode", "on"));
	EXPECT_TRUE(wait_for(PATCH "/transition", "0"));
	EXPECT_EQ(0, write_file(LOADER "mode", "off"));
	ASSERT_TRUE(loader_unload());
}

TEST_F_TIMEOUT(loader, enable_and_disable_under_load, 3600)
{
	unsigned int seed = setting("WAYMARK_SEED", time(NULL) ^ getpid());
	unsigned int loads = loads_wanted();
	struct churners *all;
	unsigned int cycles;
	long long before;

	TH_LOG("WAYMARK_SEED=%u WAYMARK_LOADS=%u", seed, loads);
	ASSERT_TRUE(loader_unload());
	ASSERT_EQ(0, write_file(PROBE "churn", "2"));
	before = probe_count("loads");
	ASSERT_LE(0, before);
	all = churn_start(seed);
	ASSERT_NE(NULL, all);
	for (cycles = 0; cycles < 2 || cycles < loads / 20 ||
	     probe_count("loads") - before < loads / 8; cycles++) {
		ASSERT_TRUE(loader_load(cycles % 2 ? "on" : "verify"));
		ASSERT_TRUE(loader_unload());
	}
	EXPECT_TRUE(churn_end(all));
	EXPECT_EQ(0, write_file(PROBE "churn", "0"));
	TH_LOG("%u cycles, %lld modules loaded", cycles, probe_count("loads") - before);
	munmap(all, sizeof(*all));
}

/* What the points left for each other. */
static void unload_all(void)
{
	bool good = loader_unload();

	rmmod("symbol_index_probe");
	if (good)
		return;
	ksft_print_msg("symbol_index_loader does not unload\n");
	fflush(NULL);
	_exit(KSFT_FAIL);
}

int main(int argc, char **argv)
{
	/* The harness ends in exit(), and its children in _exit(). */
	atexit(unload_all);
	return test_harness_run(argc, argv);
}
