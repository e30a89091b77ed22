// SPDX-License-Identifier: GPL-2.0-only
#include "request.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/poison.h"
#include "../lib/chaos/recent.hpp"

namespace fuzz
{

namespace
{

constexpr std::size_t page = 4096;
constexpr std::size_t stride = arena::region_size + page;
constexpr std::size_t canary_size = 64;
/* No poison of the kernel, no likely value. */
constexpr unsigned char filler = 0xc7;

} // namespace

arena::arena()
{
	void *map = mmap(nullptr, regions * stride, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *constant = mmap(nullptr, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || constant == MAP_FAILED)
		throw std::runtime_error("no memory for arguments");
	base_ = static_cast<unsigned char *>(map);
	read_only_ = static_cast<unsigned char *>(constant);
	for (unsigned int i = 0; i < regions; i++)
		if (mprotect(base_ + i * stride + region_size, page, PROT_NONE))
			throw std::runtime_error("cannot protect a page");
}

arena::~arena()
{
	munmap(base_, regions * stride);
	munmap(read_only_, page);
}

unsigned char *arena::tail(unsigned int region, std::size_t size) const
{
	return base_ + (region % regions) * stride + region_size - size;
}

request::request(const ioctl_layout &layout, arena &memory, random_source &random)
	: layout_(layout), memory_(memory), random_(random), number_(layout.request)
{
	choose_size();
	/* Sometimes right before the unmapped page, sometimes with a canary. */
	const std::size_t behind = random_.percent(50) ? canary_size : 0;

	base_ = memory_.tail(0, real_ + behind);
	if (random_.percent(5))
		base_ -= 1 + random_.below(7);
	argument_ = base_;
	std::memset(base_, 0, real_);
	std::memset(base_ + real_, filler, behind);
	for (const field &part : layout_.fields)
		fill(part);
	set_capacities();
	put(0, 4, said_);
	if (said_ > layout_.size && real_ > layout_.size && random_.percent(50)) {
		base_[layout_.size + random_.below(real_ - layout_.size)] = 1;
		legal_ = false;
	}
	if (random_.percent(30))
		damage();
	if (base_)
		before_.assign(base_, base_ + real_ + behind);
}

void request::choose_size()
{
	said_ = real_ = layout_.size;
	if (random_.percent(80))
		return;
	switch (random_.below(5)) {
	case 0: /* cut */
		said_ = real_ = random_.below(layout_.size);
		legal_ = false;
		break;
	case 1: /* of a later version */
		said_ = real_ = layout_.size + 1 + random_.below(256);
		break;
	case 2: /* beyond the unmapped page */
		said_ = layout_.size + 1 + random_.below(1 << 20);
		legal_ = false;
		break;
	case 3:
		said_ = ~0U - random_.below(16);
		legal_ = false;
		break;
	default: /* one page, more than one */
		said_ = real_ = 4000 + random_.below(9000);
		break;
	}
	if (real_ < 8)
		real_ = 8;
}

void request::put(unsigned int offset, unsigned int size, uint64_t value)
{
	if (base_ && offset + size <= real_)
		std::memcpy(base_ + offset, &value, size > 8 ? 8 : size);
}

uint64_t request::get(unsigned int offset, unsigned int size) const
{
	uint64_t value = 0;

	if (base_ && offset + size <= real_)
		std::memcpy(&value, base_ + offset, size > 8 ? 8 : size);
	return value;
}

void request::fill(const field &part)
{
	switch (part.what) {
	case role::pointer:
		return fill_pointer(part);
	case role::text_pointer:
		return fill_text_pointer(part);
	case role::text:
		return fill_text(part);
	case role::number:
	case role::choice:
	case role::nic:
	case role::capacity:
	case role::stride:
		return fill_number(part);
	default:
		return;
	}
}

void request::fill_number(const field &part)
{
	const unsigned int index = part.what == role::nic && random_.percent(60) ? recent.any(random_)
										 : 0;

	if (index)
		put(part.offset, part.size, index);
	else if (!part.good.empty() && random_.percent(90))
		put(part.offset, part.size, part.good[random_.below(part.good.size())]);
	else
		put(part.offset, part.size, random_.next() >> random_.below(64));
}

void request::fill_pointer(const field &part)
{
	/* The size of the buffer is known once all fields are there. */
	buffers_.push_back({nullptr, 0, 0});
	put(part.offset, part.size, next_region_);
}

void request::fill_text_pointer(const field &part)
{
	const std::vector<std::string> &all = words(layout_.device);
	const std::string &word = all[random_.below(all.size())];
	unsigned char *place;

	if (random_.percent(40))
		return;		/* zero: not given */
	place = memory_.tail(next_region_++, word.size() + 1);
	std::memcpy(place, word.c_str(), word.size() + 1);
	put(part.offset, part.size, reinterpret_cast<uint64_t>(place));
}

void request::fill_text(const field &part)
{
	const std::vector<std::string> &all = words(layout_.device);
	const std::string &word = all[random_.below(all.size())];

	if (part.offset + part.size > real_)
		return;
	std::memcpy(base_ + part.offset, word.c_str(), std::min<std::size_t>(word.size(), part.size));
	if (random_.percent(5))		/* without a NUL */
		std::memset(base_ + part.offset, 'x', part.size);
}

/* A buffer of the size that capacity and record size ask for. */
void request::set_capacities()
{
	uint64_t records = 0, bytes = 1;
	const field *where = nullptr;

	for (const field &part : layout_.fields) {
		if (part.what == role::capacity)
			records = get(part.offset, part.size);
		if (part.what == role::stride)
			bytes = get(part.offset, part.size);
		if (part.what == role::pointer)
			where = &part;
	}
	if (!where || where->offset + where->size > real_)
		return;
	if (records > arena::region_size || bytes > arena::region_size ||
	    records * bytes + canary_size > arena::region_size) {
		/* Larger than what is mapped: the kernel has to run into the end. */
		put(where->offset, 8, reinterpret_cast<uint64_t>(memory_.tail(5, 512)));
		return;
	}
	buffer &made = buffers_.front();
	made.capacity = records * bytes;
	made.canary = random_.percent(50) ? canary_size : 0;
	made.start = memory_.tail(5, made.capacity + made.canary);
	std::memset(made.start, filler, made.capacity + made.canary);
	put(where->offset, 8, reinterpret_cast<uint64_t>(made.start));
}

uint64_t request::bad_pointer()
{
	switch (random_.below(6)) {
	case 0:
		return 0;
	case 1: /* unmapped */
		return reinterpret_cast<uint64_t>(memory_.tail(4, 0));
	case 2: /* half mapped */
		return reinterpret_cast<uint64_t>(memory_.tail(4, 1 + random_.below(8)));
	case 3: /* of the kernel */
		return 0xffff888000000000ULL + (random_.next() & 0xffffffff);
	case 4: /* not canonical, wraps around */
		return ~0ULL - random_.below(64);
	default:
		return reinterpret_cast<uint64_t>(memory_.read_only());
	}
}

void request::damage()
{
	legal_ = false;
	switch (random_.below(8)) {
	case 0:
		put(4, 4, 1ULL << random_.below(32));		/* flags */
		break;
	case 1:
		argument_ = reinterpret_cast<void *>(bad_pointer());
		base_ = nullptr;
		break;
	case 2:
		number_ += 1 + random_.below(0xff);
		break;
	case 3: /* with a direction and a size, as _IOWR() has them */
		number_ |= (random_.next() & 0xffff) << 16;
		break;
	case 4: /* noise */
		for (std::size_t i = 8; i < real_; i++)
			base_[i] = static_cast<unsigned char>(random_.next());
		buffers_.clear();
		break;
	default:
		damage_field();
		break;
	}
}

void request::damage_field()
{
	if (layout_.fields.empty())
		return;
	const field &part = layout_.fields[random_.below(layout_.fields.size())];

	if (part.what == role::pointer || part.what == role::text_pointer) {
		put(part.offset, part.size, bad_pointer());
		if (part.what == role::pointer)
			buffers_.clear();
		return;
	}
	if (part.what == role::capacity || part.what == role::stride) {
		/* More room than there is: writing there may hit memory of ours. */
		buffers_.clear();
		for (const field &other : layout_.fields)
			if (other.what == role::pointer)
				put(other.offset, 8, bad_pointer());
	}
	put(part.offset + random_.below(part.size), 1, random_.next());
}

int request::descriptor() const
{
	for (const field &part : layout_.fields)
		if (part.what == role::descriptor && number_ == layout_.request)
			return static_cast<int>(get(part.offset, part.size));
	return -1;
}

std::string request::verify(int result, int error) const
{
	if (result < 0 && !documented(layout_, number_, error) && !(error == ENOTTY && !legal_))
		return std::string(layout_.name) + ": undocumented errno " + std::to_string(error);
	if (result > 0)
		return std::string(layout_.name) + ": returned " + std::to_string(result);
	return verify_bytes();
}

std::string request::verify_bytes() const
{
	for (const buffer &part : buffers_) {
		for (std::size_t i = 0; i < part.canary; i++)
			if (part.start[part.capacity + i] != filler)
				return std::string(layout_.name) + ": wrote behind the buffer";
		if (poison_find(part.start, part.capacity) >= 0)
			return std::string(layout_.name) + ": uninitialised bytes in the buffer";
	}
	if (!base_)
		return {};
	for (std::size_t i = real_; i < before_.size(); i++)
		if (base_[i] != before_[i])
			return std::string(layout_.name) + ": wrote behind the argument";
	if (legal_ && poison_find(base_, real_) >= 0)
		return std::string(layout_.name) + ": uninitialised bytes in the argument";
	return {};
}

} // namespace fuzz
