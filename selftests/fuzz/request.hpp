// SPDX-License-Identifier: GPL-2.0-only
/* The argument of one ioctl: what it is made of, what must hold afterwards. */
#pragma once

#include <string>
#include <vector>

#include "layouts.hpp"
#include "../lib/chaos/random.hpp"

namespace fuzz
{

/*
 * Memory of one thread for arguments, buffers and strings. Each region ends
 * where an unmapped page starts, so that an access past its end faults.
 */
class arena
{
public:
	static constexpr std::size_t region_size = 64 * 1024;
	static constexpr unsigned int regions = 6;

	arena();
	~arena();
	arena(const arena &) = delete;
	arena &operator=(const arena &) = delete;

	/* The last size bytes of a region */
	unsigned char *tail(unsigned int region, std::size_t size) const;
	unsigned char *read_only() const { return read_only_; }

private:
	unsigned char *base_;
	unsigned char *read_only_;
};

class request
{
public:
	request(const ioctl_layout &layout, arena &memory, random_source &random);

	unsigned long number() const { return number_; }
	void *argument() const { return argument_; }
	/* What is wrong with the outcome; empty when nothing is */
	std::string verify(int result, int error) const;
	/* The descriptor that a successful call made, or -1 */
	int descriptor() const;

private:
	struct buffer {
		unsigned char *start;
		std::size_t capacity;	/* bytes that the kernel may write */
		std::size_t canary;	/* bytes behind them that it may not */
	};

	void choose_size();
	void fill(const field &part);
	void fill_pointer(const field &part);
	void fill_text_pointer(const field &part);
	void fill_text(const field &part);
	void fill_number(const field &part);
	void set_capacities();
	void damage();
	void damage_field();
	void put(unsigned int offset, unsigned int size, uint64_t value);
	uint64_t get(unsigned int offset, unsigned int size) const;
	uint64_t bad_pointer();
	std::string verify_bytes() const;

	const ioctl_layout &layout_;
	arena &memory_;
	random_source &random_;
	unsigned long number_;
	void *argument_;
	unsigned char *base_;		/* of the argument; null: not ours to look at */
	std::size_t said_;		/* its size as the argument says */
	std::size_t real_;		/* bytes there, canary not counted */
	std::vector<unsigned char> before_;
	std::vector<buffer> buffers_;
	unsigned int next_region_ = 1;
	bool legal_ = true;		/* nothing was damaged */
};

} // namespace fuzz
