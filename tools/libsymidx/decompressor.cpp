// SPDX-License-Identifier: LGPL-2.1-or-later
#include <lzma.h>
#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include <algorithm>
#include <cstring>

#include "symidx/file_data.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::size_t least_output = std::size_t{1} << 16;
constexpr std::size_t first_output = std::size_t{1} << 20;
constexpr std::size_t largest_output = std::size_t{1} << 30;
constexpr std::uint64_t xz_memory = 256 << 20;

bool starts_with(byte_view bytes, std::string_view magic)
{
	return bytes.size() >= magic.size() && !std::memcmp(bytes.data(), magic.data(), magic.size());
}

constexpr std::size_t lz4_block = std::size_t{8} << 20; /* unpacked, at most */

/* A length of which @nibble is the beginning; false: it is cut off. */
bool read_lz4_length(byte_view in, std::size_t &at, std::size_t &length)
{
	if (length != 15)
		return true;
	for (;;) {
		if (at >= in.size() || length > lz4_block)
			return false;
		length += in[at];
		if (in[at++] != 255)
			return true;
	}
}

/* To @out, where there is room for lz4_block bytes; how many it were, 0 for damaged data. */
std::size_t unpack_lz4_block(byte_view in, unsigned char *out)
{
	std::size_t at = 0, used = 0;

	while (at < in.size()) {
		const unsigned char token = in[at++];
		std::size_t literals = token >> 4, length = token & 15;

		if (!read_lz4_length(in, at, literals) || literals > in.size() - at ||
		    literals > lz4_block - used)
			return 0;
		std::memcpy(out + used, in.data() + at, literals);
		used += literals;
		at += literals;
		if (at == in.size())
			return used;
		if (in.size() - at < 2)
			return 0;
		const std::size_t distance = in[at] | in[at + 1] << 8;

		at += 2;
		if (!read_lz4_length(in, at, length))
			return 0;
		length += 4;
		if (!distance || distance > used || length > lz4_block - used)
			return 0;
		for (; length; length--, used++)
			out[used] = out[used - distance];
	}
	return used;
}

} // namespace

compression compression_of(byte_view bytes) noexcept
{
	using namespace std::string_view_literals;

	if (starts_with(bytes, "\xfd" "7zXZ\0"sv))
		return compression::xz;
	if (starts_with(bytes, "\x28\xb5\x2f\xfd"sv))
		return compression::zstd;
	if (starts_with(bytes, "\x1f\x8b\x08"sv))
		return compression::gzip;
	if (starts_with(bytes, "\x02\x21\x4c\x18"sv))
		return compression::lz4;
	if (starts_with(bytes, "BZh"sv) || starts_with(bytes, "\x5d\0\0"sv) || starts_with(bytes, "\x89LZO"sv))
		return compression::unsupported;
	return compression::none;
}

struct decompressor::state {
	/* Memory that is not cleared before it is written to. */
	class output_room
	{
	public:
		unsigned char *data() noexcept { return bytes_.get(); }
		std::size_t size() const noexcept { return size_; }
		/* At least @size bytes, of which the first @used stay. */
		void reserve(std::size_t size, std::size_t used)
		{
			if (size <= size_)
				return;
			std::unique_ptr<unsigned char[]> larger(new unsigned char[size]);

			if (used)
				std::memcpy(larger.get(), bytes_.get(), used);
			bytes_ = std::move(larger);
			size_ = size;
		}

	private:
		std::unique_ptr<unsigned char[]> bytes_;
		std::size_t size_ = 0;
	};

	output_room out;
	std::size_t enough = SIZE_MAX;
	lzma_stream xz = LZMA_STREAM_INIT;
#ifdef HAVE_ZSTD
	ZSTD_DCtx *zstd = nullptr;
#endif

	~state()
	{
		lzma_end(&xz);
#ifdef HAVE_ZSTD
		ZSTD_freeDCtx(zstd);
#endif
	}
	/* Room for some output: a module is four times as large as it is packed. */
	void start(std::size_t packed, std::size_t expected)
	{
		/* One more than expected: a stream that ends with the room looks unfinished. */
		const std::size_t room = expected ? expected + 1
						  : std::clamp(4 * packed, least_output, first_output);

		/* A claim that no compression fulfils shall not cost memory. */
		out.reserve(std::min({room, largest_output, 1024 * packed + least_output}), 0);
	}
	/* How much of the room may be filled. */
	std::size_t room() const { return std::min(out.size(), enough); }
	/* Room for more output after @used bytes. */
	void grow(std::size_t used, const std::string &object)
	{
		if (used >= largest_output)
			throw error(object, "decompresses to more than 1 GiB");
		out.reserve(std::min(largest_output, used * 2), used);
	}
	std::size_t unpack_xz(byte_view packed, const std::string &object);
	std::size_t unpack_gzip(byte_view packed, const std::string &object);
	std::size_t unpack_zstd(byte_view packed, const std::string &object);
	std::size_t unpack_lz4(byte_view packed, const std::string &object);
};

std::size_t decompressor::state::unpack_xz(byte_view packed, const std::string &object)
{
	if (lzma_stream_decoder(&xz, xz_memory, 0) != LZMA_OK)
		throw error(object, "out of memory");
	xz.next_in = packed.data();
	xz.avail_in = packed.size();
	for (std::size_t used = 0;;) {
		xz.next_out = out.data() + used;
		xz.avail_out = room() - used;
		const lzma_ret rc = lzma_code(&xz, LZMA_FINISH);
		used = room() - xz.avail_out;
		if (rc == LZMA_STREAM_END || used == enough)
			return used;
		if ((rc != LZMA_OK && rc != LZMA_BUF_ERROR) || xz.avail_out)
			throw error(object, "damaged xz data");
		grow(used, object);
	}
}

std::size_t decompressor::state::unpack_gzip(byte_view packed, const std::string &object)
{
	z_stream gz{};
	std::size_t used = 0;
	int rc;

	if (inflateInit2(&gz, 15 + 16) != Z_OK)
		throw error(object, "out of memory");
	gz.next_in = const_cast<unsigned char *>(packed.data());
	gz.avail_in = static_cast<uInt>(packed.size());
	do {
		if (used == out.size()) {
			if (used >= largest_output)
				break;
			grow(used, object);
		}
		gz.next_out = out.data() + used;
		gz.avail_out = static_cast<uInt>(room() - used);
		rc = inflate(&gz, Z_NO_FLUSH);
		used = room() - gz.avail_out;
	} while (rc == Z_OK && used < enough && (gz.avail_in || !gz.avail_out));
	inflateEnd(&gz);
	if (rc != Z_STREAM_END && used < enough)
		throw error(object, "damaged gzip data");
	return used;
}

std::size_t decompressor::state::unpack_zstd(byte_view packed, const std::string &object)
{
#ifdef HAVE_ZSTD
	ZSTD_inBuffer in{packed.data(), packed.size(), 0};
	std::size_t used = 0;

	if (!zstd)
		zstd = ZSTD_createDCtx();
	if (!zstd)
		throw error(object, "out of memory");
	ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only);
	for (;;) {
		ZSTD_outBuffer to{out.data(), room(), used};
		const std::size_t left = ZSTD_decompressStream(zstd, &to, &in);

		used = to.pos;
		if (left == 0 || used == enough)
			return used;
		if (ZSTD_isError(left) || (in.pos == in.size && used < out.size()))
			throw error(object, "damaged zstd data");
		if (used == out.size())
			grow(used, object);
	}
#else
	(void)packed;
	throw error(object, "compressed with zstd, which this build cannot read "
			    "(build the tools with libzstd-dev installed)");
#endif
}

/* The legacy format, which kernels use: a mark, then blocks with their lengths before them. */
std::size_t decompressor::state::unpack_lz4(byte_view packed, const std::string &object)
{
	constexpr std::size_t word = 4;
	std::size_t used = 0;
	std::size_t at = word;

	/* What is left in the end is the size of the whole. */
	while (packed.size() - at > word && used < enough) {
		const std::size_t size = packed[at] | packed[at + 1] << 8 | packed[at + 2] << 16 |
					 static_cast<std::size_t>(packed[at + 3]) << 24;

		at += word;
		if (!size || size > packed.size() - at)
			throw error(object, "damaged LZ4 data");
		if (used + lz4_block > largest_output)
			throw error(object, "decompresses to more than 1 GiB");
		out.reserve(std::max(out.size(), used + lz4_block), used);
		const std::size_t got = unpack_lz4_block(packed.subspan(at, size), out.data() + used);

		if (!got)
			throw error(object, "damaged LZ4 data");
		used += got;
		at += size;
	}
	return std::min(used, enough);
}

decompressor::decompressor() : state_(std::make_unique<state>()) {}

decompressor::~decompressor() = default;

byte_view decompressor::unpack(byte_view packed, const std::string &object,
			      std::size_t expected, std::size_t enough)
{
	const compression how = compression_of(packed);
	std::size_t size;

	if (how == compression::none)
		return packed;
	state_->start(packed.size(), expected);
	state_->enough = enough;
	switch (how) {
	case compression::xz:
		size = state_->unpack_xz(packed, object);
		break;
	case compression::gzip:
		size = state_->unpack_gzip(packed, object);
		break;
	case compression::zstd:
		size = state_->unpack_zstd(packed, object);
		break;
	case compression::lz4:
		size = state_->unpack_lz4(packed, object);
		break;
	default:
		throw error(object, "compressed in a way that is not supported "
				    "(gzip, xz, zstd and LZ4 are)");
	}
	return {state_->out.data(), size};
}

} // namespace waymark::symidx
