// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of nft(8): words, strings and punctuation, without regard to lines. */
#include <cctype>
#include <map>
#include <set>

#include "reference.hpp"
#include "text.hpp"

namespace naming::lint
{

namespace
{

struct token {
	std::string text;
	unsigned int line = 0;
};

bool is_word_char(char c)
{
	return std::isalnum(static_cast<unsigned char>(c)) ||
	       std::string("_-.:/*+@$\\").find(c) != std::string::npos;
}

/* Strings come without their quotes; a comment ends with its line. */
std::vector<token> tokens_of(const std::string &text)
{
	std::vector<token> tokens;
	unsigned int line = 1;

	for (std::size_t pos = 0; pos < text.size();) {
		const char c = text[pos];
		std::size_t end = pos + 1;

		if (c == '\n') {
			line++;
		} else if (c == '#') {
			end = text.find('\n', pos);
		} else if (c == '"') {
			end = text.find('"', pos + 1);
			/* Never empty, so that its first character can be asked for. */
			if (end != pos + 1)
				tokens.push_back({text.substr(pos + 1, end - pos - 1), line});
			end = end == std::string::npos ? end : end + 1;
		} else if (is_word_char(c)) {
			while (end < text.size() && is_word_char(text[end]))
				end++;
			tokens.push_back({text.substr(pos, end - pos), line});
		} else if (!std::isspace(static_cast<unsigned char>(c))) {
			tokens.push_back({std::string(1, c), line});
		}
		if (end == std::string::npos)
			break;
		pos = end;
	}
	return tokens;
}

class nft_parser
{
public:
	nft_parser(const std::string &text, const std::string &file, configuration &out)
		: tokens_(tokens_of(text)), file_(file), out_(out)
	{
	}

	void parse()
	{
		static const std::map<std::string, user> keywords = {
			{"iifname", user::nft_name}, {"oifname", user::nft_name},
			{"ibrname", user::nft_name}, {"obrname", user::nft_name},
			{"iif", user::nft_index},    {"oif", user::nft_index},
			{"device", user::nft_index}, {"devices", user::nft_index},
		};

		while (pos_ < tokens_.size()) {
			const std::string word = tokens_[pos_++].text;
			const auto found = keywords.find(word);

			if (word == "define")
				define();
			else if (word == "type" || word == "typeof")
				of_names_ = at("ifname") || at("iifname") || at("oifname");
			else if (word == "elements" && of_names_)
				add(user::nft_name, operand());
			else if (found != keywords.end())
				add(found->second, operand());
			else if (word == "}")
				of_names_ = false;
		}
	}

private:
	bool at(const char *text) const { return pos_ < tokens_.size() && tokens_[pos_].text == text; }

	/* One value, or all of a set in braces; what stands between keyword and value is skipped. */
	std::vector<token> operand()
	{
		std::vector<token> values;

		while (at("!") || at("=") || at("map") || at("vmap"))
			pos_++;
		if (!at("{")) {
			if (pos_ < tokens_.size())
				values.push_back(tokens_[pos_++]);
			return values;
		}
		/* Of "a" . "b" : jump c only the part before the colon. */
		bool is_key = true;
		for (pos_++; pos_ < tokens_.size() && !at("}"); pos_++) {
			if (at(","))
				is_key = true;
			else if (tokens_[pos_].text[0] == ':')
				is_key = false;
			else if (is_key)
				values.push_back(tokens_[pos_]);
		}
		pos_ += pos_ < tokens_.size();
		return values;
	}

	void define()
	{
		if (pos_ >= tokens_.size())
			return;
		const std::string name = tokens_[pos_++].text;

		defined_["$" + name] = operand();
	}

	void add(user by, const std::vector<token> &values)
	{
		for (const token &value : values) {
			const auto found = defined_.find(value.text);

			if (found != defined_.end()) {
				for (const token &inner : found->second)
					add_one(by, inner);
			} else {
				add_one(by, value);
			}
		}
	}

	/* A word that is no name at all is not the name of a role, and does no harm. */
	void add_one(user by, const token &value)
	{
		if (is_one_name(value.text) && value.text[0] != '@')
			out_.references.push_back({by, file_, value.line, value.text});
	}

	const std::vector<token> tokens_;
	const std::string &file_;
	configuration &out_;
	std::size_t pos_ = 0;
	std::map<std::string, std::vector<token>> defined_;
	bool of_names_ = false; /* in a set of names */
};

} // namespace

void parse_nft(const std::string &text, const std::string &file, configuration &out)
{
	nft_parser(text, file, out).parse();
}

} // namespace naming::lint
