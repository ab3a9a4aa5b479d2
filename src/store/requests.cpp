#include "store/requests.h"

#include <algorithm>

#include "store/paging.h"
#include "store/search_text.h"

namespace tg::store {
namespace {

constexpr std::size_t kMostMarks = 100'000;  // in one request
constexpr std::size_t kLongestName = 100;

}  // namespace

Result<void> check(const PageQuery& query) {
  if (query.offset < 0 || query.offset > kLargestOffset) {
    return Error{Code::invalid_input, fmt::format("offset {} is not within 0…{}", query.offset, kLargestOffset),
                 "Go on with cursor=nextCursor of the page before: it reaches any depth at the same cost"};
  }
  if (query.search.empty()) return {};
  const std::string needle = search_text(query.search);
  if (needle.empty()) {
    return Error{Code::invalid_input, "nothing to search for is left once accents are removed", "Search for letters"};
  }
  const bool bounded = !query.channels.empty() && (query.from || query.to);
  if (characters(needle) < 3 && !bounded) {
    return Error{
        Code::invalid_input, "a search takes three characters or more",
        "Write more of the word, or name a channel and dates (from, to): then shorter ones are looked for too"};
  }
  return {};
}

Result<void> check(const std::vector<Mark>& marks, const std::string& consumer) {
  if (consumer.empty())
    return Error{Code::invalid_input, "processedBy is missing", "Name the consumer that processed them"};
  if (marks.empty()) return Error{Code::invalid_input, "messageIds is empty", "Name at least one message"};
  if (marks.size() > kMostMarks) {
    return Error{Code::invalid_input, fmt::format("{} messages in one request", marks.size()),
                 "Send at most 100,000 at once"};
  }
  return {};
}

Result<void> check(const Consumer& consumer) {
  const bool plain = std::all_of(consumer.name.begin(), consumer.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
  if (plain && !consumer.name.empty() && consumer.name.size() <= kLongestName) return {};
  return Error{Code::invalid_input, "that is no name for a consumer", "Take 1 to 100 of a-z A-Z 0-9 - _ ."};
}

bool asks_for_nothing(const UnprocessedQuery& query) {
  return !query.statuses.empty() && std::all_of(query.statuses.begin(), query.statuses.end(), [](Status status) {
    return status == Status::published || status == Status::reprocessed || status == Status::deleted;
  });
}

Error too_many_consumers(std::size_t most) {
  return {Code::conflict, fmt::format("{} consumers poll already", most),
          "Remove those that are gone with DELETE /api/consumers/{name}"};
}

Error unknown_consumer(const std::string& name) {
  return {Code::not_found, "there is no consumer " + name, "Make it with POST /api/consumers"};
}

std::string origins_text(const std::vector<model::Origin>& origins) {
  std::string text;
  for (const auto origin : origins) text += (text.empty() ? "" : ",") + std::string(model::name_of(origin));
  return text;
}

std::vector<model::Origin> origins_from(std::string_view text) {
  std::vector<model::Origin> origins;
  while (!text.empty()) {
    const auto end = text.find(',');
    if (const auto origin = model::parse_origin(text.substr(0, end))) origins.push_back(*origin);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return origins;
}

}  // namespace tg::store
