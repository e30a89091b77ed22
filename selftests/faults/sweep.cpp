// SPDX-License-Identifier: GPL-2.0-only
#include "sweep.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include "places.hpp"

namespace faults
{

namespace
{

/* An allocation more or less before it, and another site than the one that was meant fails. */
constexpr unsigned int tries = 12;

class sweeper
{
public:
	sweeper(const operation &what, const code_range &code, fuzz::kernel_log &log)
		: what_(what), code_(code), log_(log)
	{
	}

	std::string each();
	/* Each site, and more of its places; nothing if the kernel does not tell them. */
	std::string places(bool &told);
	std::string afterwards();
	void print() const;

private:
	/* What is wrong after the nth failed, or nothing did. */
	std::string attempt(unsigned int nth, allocation_trace *trace);
	std::string attempt_place(unsigned int nth, allocation_trace &trace);
	unsigned int guess(unsigned int wanted, unsigned int nth) const;
	std::string hit(const place &site, unsigned int wanted, allocation_trace &trace);
	std::string look(allocation_trace &trace, bool &told);

	const operation &what_;
	const code_range &code_;
	fuzz::kernel_log &log_;
	std::map<int, unsigned int> outcomes_;
	unsigned int failed_ = 0;
	unsigned int left_ = 0;		/* of the last attempt; 0: something failed */
	std::vector<place> seen_;	/* the places of the last attempt, in turn */
	std::vector<place> reference_;	/* those of one without a fault */
	unsigned int missed_ = 0;	/* sites that never were the one that failed */
	std::set<place> places_, sites_;	/* that failed */
	std::string extent_;
};

bool clean(const operation &what, int error)
{
	if (!error || what.errnos.empty())
		return error >= 0 && error < 134;
	return std::find(what.errnos.begin(), what.errnos.end(), error) != what.errnos.end();
}

std::string sweeper::attempt(unsigned int nth, allocation_trace *trace)
{
	if (what_.prepare)
		what_.prepare();
	if (trace)
		trace->start();
	const int error = act_failing(what_.act, nth, left_);

	if (trace)
		seen_ = trace->stop(code_);
	outcomes_[error]++;
	failed_ += !left_;
	if (!error && what_.undo)
		what_.undo();
	const std::string number = "allocation " + std::to_string(nth) + ": ";
	const std::string report = log_.report();

	if (!report.empty())
		return number + report;
	if (!clean(what_, error))
		return number + std::strerror(error);
	return left_ && error ? std::string("fails without a fault: ") + std::strerror(error) : "";
}

std::string sweeper::each()
{
	unsigned int nth = 0;
	std::string problem;

	do {
		problem = attempt(++nth, nullptr);
	} while (problem.empty() && !left_ && nth < limit);
	extent_ = "each in turn";
	return problem.empty() && !left_ ? "never done without a fault" : problem;
}

/* As attempt(), and remembers which place it was that failed. */
std::string sweeper::attempt_place(unsigned int nth, allocation_trace &trace)
{
	const std::string problem = attempt(nth, &trace);

	if (!left_ && nth <= seen_.size()) {
		places_.insert(seen_[nth - 1]);
		sites_.insert(site_of(seen_[nth - 1]));
	}
	return problem;
}

/*
 * Which allocation may be the wanted one of the reference now, after another one than that
 * was the nth, or none at all: the same one was the nth of the reference, give or take some.
 */
unsigned int sweeper::guess(unsigned int wanted, unsigned int nth) const
{
	long shift = 0, least = limit;

	if (left_ || nth > seen_.size())
		return wanted;
	for (unsigned int i = 0; i < reference_.size(); i++) {
		const long away = static_cast<long>(nth) - (i + 1);

		if (reference_[i] == seen_[nth - 1] && std::labs(away) < least) {
			least = std::labs(away);
			shift = away;
		}
	}
	return static_cast<unsigned int>(std::max(1L, wanted + shift));
}

/* Until it was that site, of the wanted allocation, that failed. */
std::string sweeper::hit(const place &site, unsigned int wanted, allocation_trace &trace)
{
	const auto is_it = [&site](const place &one) { return site_of(one) == site; };
	unsigned int nth = wanted;

	for (unsigned int i = 0; i < tries; i++) {
		const std::string problem = attempt_place(nth, trace);

		if (!problem.empty() || sites_.count(site))
			return problem;
		const auto now = std::find_if(seen_.begin(), seen_.end(), is_it);

		nth = now != seen_.end() ? static_cast<unsigned int>(now - seen_.begin()) + 1
					 : guess(wanted, nth);
	}
	std::printf("# %s: number %u was never the one that failed\n", what_.name.c_str(), wanted);
	missed_++;
	return "";
}

/* What the kernel told of all allocations is what it counted. */
std::string sweeper::look(allocation_trace &trace, bool &told)
{
	/* The first time is not like the others. */
	std::string problem = attempt(limit, &trace);

	if (problem.empty())
		problem = attempt(limit, &trace);
	reference_ = seen_;
	told = problem.empty() && left_ && reference_.size() == limit - left_;
	if (problem.empty() && !told)
		std::printf("# %s: each allocation, as the kernel counts %u and its tracer %zu\n",
			    what_.name.c_str(), limit - left_, reference_.size());
	return problem;
}

std::string sweeper::places(bool &told)
{
	allocation_trace trace;

	told = false;
	if (!trace.missing().empty()) {
		std::printf("# %s: each allocation, as %s\n", what_.name.c_str(),
			    trace.missing().c_str());
		return "";
	}
	std::string problem = look(trace, told);
	std::set<place> tried;

	if (!told)
		return problem;
	for (unsigned int i = 0; i < reference_.size() && problem.empty(); i++) {
		const place site = site_of(reference_[i]);

		if (!sites_.count(site) && tried.insert(site).second)
			problem = hit(site, i + 1, trace);
	}
	if (problem.empty() && missed_ * 4 > sites_.size() + missed_)
		problem = std::to_string(missed_) + " sites were never the one that failed";
	/* More of each, as far as it comes again. */
	for (unsigned int i = 0; i < reference_.size() && problem.empty(); i++)
		if (!places_.count(reference_[i]) && tried.insert(reference_[i]).second)
			problem = attempt_place(i + 1, trace);
	extent_ = std::to_string(places_.size()) + " places at " + std::to_string(sites_.size()) +
		  " sites of " + std::to_string(reference_.size()) + " allocations";
	return problem;
}

std::string sweeper::afterwards()
{
	if (!failed_)
		return "no fault was injected";
	if (what_.prepare)
		what_.prepare();
	const int error = what_.act();

	if (error)
		return std::string("does not work afterwards: ") + std::strerror(error);
	if (what_.undo)
		what_.undo();
	return log_.report();
}

void sweeper::print() const
{
	std::printf("# %s: %u failed, %s;", what_.name.c_str(), failed_, extent_.c_str());
	for (const auto &[error, count] : outcomes_)
		std::printf(" %s %u", error ? std::strerror(error) : "success", count);
	std::printf("\n");
}

} // namespace

std::string sweep(const operation &what, fuzz::kernel_log &log)
{
	static const bool all = std::getenv("WAYMARK_LONG");
	const code_range code = what.module.empty() ? any_module : code_of(what.module);

	if (code.from >= code.to)
		return "no code of " + what.module + " is loaded";
	if (!require(code))
		return "fault injection takes no range of code";
	sweeper sweeping(what, code, log);
	bool told = false;
	std::string problem;

	if (what.slow && !all) {
		if (!reject_slab_pages(true))
			return "fault injection takes no range of code";
		problem = sweeping.places(told);
		if (!reject_slab_pages(false))
			return "fault injection takes no range of code";
	}
	if (problem.empty() && !told)
		problem = sweeping.each();
	sweeping.print();
	return problem.empty() ? sweeping.afterwards() : problem;
}

} // namespace faults
