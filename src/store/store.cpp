#include "store/store.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tg::store {
namespace {

constexpr std::array<std::pair<Status, std::string_view>, 8> kStatuses = {{
    {Status::received, "received"},
    {Status::queued, "queued"},
    {Status::published, "published"},
    {Status::retrying, "retrying"},
    {Status::failed, "failed"},
    {Status::reprocess_pending, "reprocess_pending"},
    {Status::reprocessed, "reprocessed"},
    {Status::deleted, "deleted"},
}};

}  // namespace

std::string_view name_of(Status status) {
  const auto* found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const auto& s) { return s.first == status; });
  return found == kStatuses.end() ? std::string_view("received") : found->second;
}

std::optional<Status> parse_status(std::string_view name) {
  const auto* found = std::find_if(kStatuses.begin(), kStatuses.end(), [&](const auto& s) { return s.second == name; });
  if (found == kStatuses.end()) return std::nullopt;
  return found->first;
}

bool PageQuery::filtered() const {
  return message || from || to || received_from || received_to || !statuses.empty() || !sources.empty() ||
         !origins.empty() || has_media || !media_types.empty() || topic || !sender.empty() || !search.empty() ||
         only_edited;
}

}  // namespace tg::store
