// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random operations on an array in the kernel and on a model of it; every
 * answer has to be the model's. model_test [SEED [OPERATIONS]] repeats a run.
 */
#include <algorithm>
#include <cinttypes>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

extern "C" {
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <tests/flex_array_test.h>
}

namespace
{

using element = std::vector<unsigned char>;
constexpr unsigned char free_byte = 0x6c;

struct mismatch {
	std::string text;
};

[[noreturn]] void fail(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	throw mismatch{text};
}

/*
 * What the kernel should hold. A part is there with all its elements, also
 * with those behind the end, which a resize may bring into sight.
 */
class model
{
public:
	model(std::uint32_t size, std::uint32_t total, std::uint32_t per_part, bool resident)
		: size_(size), per_part_(per_part), resident_(resident), total_(total)
	{
		elements_.resize(parts() * per_part_);
		if (resident_)
			add_part(0, false);
	}

	std::uint32_t total() const { return total_; }

	void add_part(std::uint32_t part, bool zero)
	{
		if (!elements_[part * per_part_])
			fill(part * per_part_, zero);
	}

	int put(std::uint32_t nr, const element &value, bool zero)
	{
		if (nr >= total_)
			return -ENOSPC;
		add_part(nr / per_part_, zero);
		elements_[nr] = value;
		return 0;
	}

	int clear(std::uint32_t nr)
	{
		if (nr >= total_)
			return -ENOSPC;
		if (!elements_[nr])
			return -EINVAL;
		elements_[nr] = element(size_, free_byte);
		return 0;
	}

	const std::optional<element> &get(std::uint32_t nr) const
	{
		static const std::optional<element> nothing;

		return nr < total_ ? elements_[nr] : nothing;
	}

	int prealloc(std::uint32_t start, std::uint32_t count, bool zero)
	{
		if (!start && !count)
			return 0;
		if (start >= total_ || count > total_ - start)
			return -ENOSPC;
		for (std::uint32_t part = start / per_part_;
		     count && part <= (start + count - 1) / per_part_; part++)
			add_part(part, zero);
		return 0;
	}

	int shrink()
	{
		int freed = 0;

		for (std::uint32_t part = resident_; part < parts(); part++)
			if (elements_[part * per_part_] && unused(part)) {
				drop(part);
				freed++;
			}
		return freed;
	}

	void free_parts()
	{
		for (std::uint32_t part = resident_; part < parts(); part++)
			drop(part);
	}

	void resize(std::uint32_t total, bool zero)
	{
		const bool smaller = total < total_;

		total_ = total;
		elements_.resize(parts() * per_part_);
		if (smaller && total_ < elements_.size() && elements_[total_ - total_ % per_part_])
			fill(total_, zero);
	}

	std::uint64_t count() const
	{
		return std::count_if(begin(), begin() + total_,
				     [](const auto &e) { return e.has_value(); });
	}

	bool complete(std::uint32_t nr) const
	{
		return std::all_of(begin(), begin() + nr,
				   [](const auto &e) { return e.has_value(); });
	}

	void sort(std::uint32_t nr) { std::sort(elements_.begin(), elements_.begin() + nr); }

	bool sorted(std::uint32_t nr) const
	{
		return complete(nr) && std::is_sorted(begin(), begin() + nr);
	}

	bool contains(std::uint32_t nr, const element &value) const
	{
		return std::binary_search(begin(), begin() + nr, std::optional<element>(value));
	}

	std::optional<std::uint32_t> next(std::uint32_t nr) const
	{
		for (; nr < total_; nr++)
			if (elements_[nr])
				return nr;
		return {};
	}

private:
	std::vector<std::optional<element>>::const_iterator begin() const
	{
		return elements_.begin();
	}
	/* The base is there even for an array without elements. */
	std::size_t parts() const
	{
		return std::max<std::size_t>((total_ + per_part_ - 1) / per_part_, resident_);
	}
	/* From @nr to the end of its part. */
	void fill(std::uint32_t nr, bool zero)
	{
		do {
			elements_[nr++] = element(size_, zero ? 0 : free_byte);
		} while (nr % per_part_);
	}
	void drop(std::uint32_t part)
	{
		for (std::uint32_t i = 0; i < per_part_; i++)
			elements_[part * per_part_ + i].reset();
	}
	bool unused(std::uint32_t part) const
	{
		const auto first = begin() + part * per_part_;
		const auto last = begin() + std::min(total_, (part + 1) * per_part_);

		return std::all_of(first, last,
				   [&](const auto &e) { return *e == element(size_, free_byte); });
	}

	std::uint32_t size_, per_part_;
	bool resident_;
	std::uint32_t total_;
	std::vector<std::optional<element>> elements_;
};

class kernel
{
public:
	kernel() : fd_(::open("/dev/flex_array_test", O_RDWR | O_CLOEXEC))
	{
		if (fd_ < 0)
			fail("/dev/flex_array_test: %s", strerror(errno));
	}
	~kernel() { ::close(fd_); }

	flex_array_test_call call(flex_array_test_call c)
	{
		if (::ioctl(fd_, FLEX_ARRAY_TEST_CALL, &c))
			fail("operation %u: %s", c.op, strerror(errno));
		return c;
	}

private:
	int fd_;
};

flex_array_test_call operation(std::uint32_t op)
{
	flex_array_test_call c = {};

	c.op = op;
	return c;
}

/* One array and its model, and what can happen to them. */
class run
{
public:
	run(std::mt19937_64 &random, std::uint32_t page) : random_(random), model_(create(page)) {}

	void step()
	{
		switch (below(100)) {
		case 0 ... 34: return put();
		case 35 ... 64: return get();
		case 65 ... 79: return clear();
		case 80 ... 84: return prealloc();
		case 85 ... 89: return next();
		case 90 ... 92: return shrink();
		case 93 ... 95: return resize();
		case 96: return count();
		case 97: return order();
		case 98: return search();
		default: return below(20) ? get() : free_parts();
		}
	}

private:
	std::uint64_t below(std::uint64_t n) { return random_() % n; }
	bool zero() { return below(4) == 0; }
	/* Mostly inside, sometimes at or far behind the end. */
	std::uint32_t index()
	{
		switch (below(40)) {
		case 0: return model_.total();
		case 1: return UINT_MAX - below(3);
		case 2: return model_.total() + below(1000);
		default: return below(model_.total() + 1ull);
		}
	}
	element value()
	{
		element v(size_);

		for (auto &byte : v)
			byte = below(8) ? random_() : free_byte;
		if (below(10) == 0)
			v.assign(size_, free_byte);
		return v;
	}

	model create(std::uint32_t page)
	{
		static const std::uint32_t typed_sizes[] = {1, 8, 24, 64, 1000, 4096};
		auto c = operation(FLEX_ARRAY_TEST_CREATE);
		const bool typed = below(2) && page == 4096;

		c.kind = typed ? FLEX_ARRAY_TEST_TYPED : FLEX_ARRAY_TEST_OLD;
		c.element_size = typed ? typed_sizes[below(6)] :
				 below(3) ? 1 + below(100) : 1 + below(page);
		c.total = below(4) ? below(400 * (1 + page / c.element_size) + 1) % 20000 :
				     below(200);
		size_ = c.element_size;
		kernel_.call(c);
		per_part_ = page / size_;

		/* The device knows what the base holds. */
		const std::uint32_t base = base_bytes();
		const bool resident = !typed &&
				      static_cast<std::uint64_t>(c.total) * size_ <= base;

		if (resident)
			per_part_ = base / size_;
		printf("# array: %s, %u elements of %u bytes%s\n", typed ? "typed" : "old", c.total,
		       size_, resident ? ", resident" : "");
		return model(size_, c.total, per_part_, resident);
	}

	/* Found by trial: the largest array of single bytes that needs no part. */
	static std::uint32_t base_bytes()
	{
		static std::uint32_t known;

		for (std::uint32_t low = 1, high = 65536; !known || low < high;) {
			const std::uint32_t middle = (low + high + 1) / 2;
			kernel probe;
			auto c = operation(FLEX_ARRAY_TEST_CREATE);

			c.kind = FLEX_ARRAY_TEST_OLD;
			c.element_size = 1;
			c.total = middle;
			probe.call(c);
			if (probe.call(operation(FLEX_ARRAY_TEST_COUNT)).value)
				low = known = middle;
			else
				high = middle - 1;
		}
		return known;
	}

	void put()
	{
		auto c = operation(FLEX_ARRAY_TEST_PUT);
		const element v = value();
		const bool z = zero();

		c.nr = index();
		c.data = reinterpret_cast<std::uintptr_t>(v.data());
		c.flags = (z ? FLEX_ARRAY_TEST_ZERO : 0) | (below(2) ? FLEX_ARRAY_TEST_ATOMIC : 0);
		const int got = kernel_.call(c).result, want = model_.put(c.nr, v, z);

		if (got != want)
			fail("put %u: %d, not %d", c.nr, got, want);
	}

	void get()
	{
		auto c = operation(FLEX_ARRAY_TEST_GET);
		element v(size_);

		c.nr = index();
		c.data = reinterpret_cast<std::uintptr_t>(v.data());
		const bool got = kernel_.call(c).value;
		const auto &want = model_.get(c.nr);

		if (got != want.has_value())
			fail("get %u: %d, not %d", c.nr, got, want.has_value());
		if (got && v != *want)
			fail("get %u: other contents, %02x.. not %02x..", c.nr, v[0], (*want)[0]);
	}

	void clear()
	{
		auto c = operation(FLEX_ARRAY_TEST_CLEAR);

		c.nr = index();
		const int got = kernel_.call(c).result, want = model_.clear(c.nr);

		if (got != want)
			fail("clear %u: %d, not %d", c.nr, got, want);
	}

	void prealloc()
	{
		auto c = operation(FLEX_ARRAY_TEST_PREALLOC);
		const bool z = zero();

		c.nr = index();
		c.count = below(5) ? below(per_part_ * 3 + 1) : random_();
		c.flags = z ? FLEX_ARRAY_TEST_ZERO : 0;
		const int got = kernel_.call(c).result;
		const int want = model_.prealloc(c.nr, c.count, z);

		if (got != want)
			fail("prealloc %u, %u: %d, not %d", c.nr, c.count, got, want);
	}

	void shrink()
	{
		const int got = kernel_.call(operation(FLEX_ARRAY_TEST_SHRINK)).result;
		const int want = model_.shrink();

		if (got != want)
			fail("shrink: %d parts, not %d", got, want);
	}

	void resize()
	{
		auto c = operation(FLEX_ARRAY_TEST_RESIZE);
		const bool z = zero();

		c.total = below(3) ? below(model_.total() * 2 + 2) % 20000 : below(20000);
		c.flags = z ? FLEX_ARRAY_TEST_ZERO : 0;
		if (kernel_.call(c).result)
			fail("resize to %u failed", c.total);
		model_.resize(c.total, z);
	}

	void next()
	{
		auto c = operation(FLEX_ARRAY_TEST_NEXT);

		c.nr = index();
		const auto want = model_.next(c.nr);
		const auto got = kernel_.call(c);

		if (got.value != want.has_value() || (want && got.nr != *want))
			fail("next from %u: %u, not %u", c.nr, got.nr, want.value_or(UINT_MAX));
	}

	void count()
	{
		const std::uint64_t got = kernel_.call(operation(FLEX_ARRAY_TEST_COUNT)).value;

		if (got != model_.count())
			fail("for_each: %" PRIu64 " elements, not %" PRIu64, got, model_.count());
	}

	void order()
	{
		auto c = operation(FLEX_ARRAY_TEST_SORT);

		c.count = below(model_.total() + 2ull);
		const int got = kernel_.call(c).result;
		const int want = c.count > model_.total()	? -ENOSPC :
				 model_.complete(c.count) ? 0 : -EINVAL;

		if (got != want)
			fail("sort %u: %d, not %d", c.count, got, want);
		if (!want)
			model_.sort(c.count);
	}

	/* Among those that happen to be sorted. */
	void search()
	{
		auto c = operation(FLEX_ARRAY_TEST_BSEARCH);
		std::uint32_t sorted = 0;

		for (std::uint32_t nr = model_.total(); nr && !sorted; nr /= 2)
			sorted = model_.sorted(nr) ? nr : 0;
		element v = value();

		if (sorted && below(2))
			v = *model_.get(below(sorted));
		c.count = sorted;
		c.data = reinterpret_cast<std::uintptr_t>(v.data());
		const bool got = kernel_.call(c).value;

		if (got != model_.contains(sorted, v))
			fail("bsearch among %u: %d", sorted, got);
	}

	void free_parts()
	{
		kernel_.call(operation(FLEX_ARRAY_TEST_FREE_PARTS));
		model_.free_parts();
	}

	std::mt19937_64 &random_;
	kernel kernel_;
	std::uint32_t size_ = 0, per_part_ = 0;
	model model_;
};

/* Where detectors look at every access, each operation takes many times as long. */
unsigned long usual()
{
	return getenv("WAYMARK_SLOW") && !getenv("WAYMARK_LONG") ? 30000 : 100000;
}

void load_client()
{
	const char *dir = getenv("WAYMARK_TEST_MODULES");
	const std::string command = std::string("{ modprobe flex_array || :; insmod '") +
				    (dir ? dir : "/opt/waymark/test-modules") +
				    "/flex_array_test.ko'; } >&2";

	if (access("/dev/flex_array_test", F_OK) && system(command.c_str()))
		fail("flex_array_test cannot be loaded");
}

} // namespace

int main(int argc, char **argv)
{
	std::uint64_t seed = argc > 1 ? strtoull(argv[1], nullptr, 0) : std::random_device()();
	const unsigned long operations = argc > 2 ? strtoul(argv[2], nullptr, 0) : usual();
	std::mt19937_64 random(seed);
	unsigned long done = 0;

	setvbuf(stdout, nullptr, _IOLBF, 0);
	printf("TAP version 13\n1..1\n# seed %" PRIu64 ", %lu operations\n", seed, operations);
	try {
		load_client();
		while (done < operations) {
			run one(random, sysconf(_SC_PAGESIZE));

			for (int i = 0; i < 2500 && done < operations; i++, done++)
				one.step();
		}
	} catch (const mismatch &m) {
		printf("# after %lu operations: %s\n", done, m.text.c_str());
		printf("not ok 1 model_test seed %" PRIu64 "\n", seed);
		return 1;
	}
	printf("ok 1 model_test %lu operations\n", done);
	return 0;
}
