#include "api/view/rule_trial.h"

#include <boost/json/parse.hpp>

#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPage = 500;
constexpr std::size_t kDay = 10;  // characters of 2026-11-24

json::object shown(const rules::Matcher& rule, const store::Row& row) {
  json::object out{{"message", json::parse(message_json(row))}};
  json::array spans;
  for (const auto& span : rule.spans(row.message)) {
    spans.push_back(json::object{{"offset", span.offset}, {"length", span.length}});
  }
  out["spans"] = std::move(spans);
  return out;
}

class Trial {
 public:
  Trial(const rules::Matcher& rule, const TrialQuery& query)
      : rule_(rule), query_(query), until_(Clock::now() + query.most_time) {}

  bool over() const { return scanned_ >= query_.most_scanned || Clock::now() >= until_; }

  void look_at(const store::Row& row) {
    ++scanned_;
    oldest_ = row.message.date;
    const rules::Subject subject(row.message, row.origin, row.kind);
    if (rule_.matches(subject)) {
      ++matched_;
      ++days_[model::to_rfc3339(row.message.date).substr(0, kDay)];
      if (matches_.size() < query_.limit) matches_.push_back(match(row));
      return;
    }
    const auto failed = rule_.failed(subject);
    if (failed.size() != 1) return;
    ++near_;
    if (near_misses_.size() >= query_.limit) return;
    auto miss = shown(rule_, row);
    miss["failed"] = failed.front();
    near_misses_.push_back(std::move(miss));
  }

  json::object result(bool truncated, std::chrono::milliseconds took) {
    json::array histogram;
    for (const auto& [date, count] : days_) histogram.push_back(json::object{{"date", date}, {"count", count}});
    json::object out{{"matched", matched_},
                     {"nearlyMatched", near_},
                     {"scanned", scanned_},
                     {"truncated", truncated},
                     {"tookMs", took.count()},
                     {"matches", std::move(matches_)},
                     {"nearMisses", std::move(near_misses_)},
                     {"histogram", std::move(histogram)}};
    if (oldest_) out["scannedSince"] = model::to_rfc3339(oldest_);
    return out;
  }

 private:
  json::object match(const store::Row& row) const {
    auto out = shown(rule_, row);
    if (!rule_.rule().actions.redact) return out;
    auto copy = row.message;
    if (rule_.redact(copy)) out["redactedText"] = copy.text;
    return out;
  }

  const rules::Matcher& rule_;
  const TrialQuery& query_;
  const Clock::time_point until_;
  std::int64_t scanned_ = 0, matched_ = 0, near_ = 0;
  model::Time oldest_;
  std::map<std::string, std::int64_t> days_;
  json::array matches_, near_misses_;
};

}  // namespace

Result<json::object> try_rule(const rules::Matcher& rule, const TrialQuery& query, store::Store& store,
                              const std::stop_token& ended) {
  const auto began = Clock::now();
  Trial trial(rule, query);
  store::PageQuery page;
  page.channels = query.channels.empty() ? rule.rule().conditions.channels : query.channels;
  page.from = query.from;
  page.to = query.to;
  page.limit = kPage;
  bool more = true;
  while (more && !trial.over()) {
    const auto found = store.page(page);
    if (!found) return found.error();
    std::size_t seen = 0;
    for (; seen < found->rows.size() && !trial.over(); ++seen) {
      if (ended.stop_requested()) return Error{Code::conflict, "a later trial took this one's place", ""};
      trial.look_at(found->rows[seen]);
    }
    more = seen < found->rows.size() || (found->has_more && !found->next_cursor.empty());
    page.cursor = found->next_cursor;
  }
  return trial.result(more, std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began));
}

}  // namespace tg::api
