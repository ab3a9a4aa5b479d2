#include <boost/json/object.hpp>

#include "legacy/legacy.h"

namespace tg::legacy {
namespace {

namespace json = boost::json;

json::object counted(const std::map<std::string, std::int64_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

}  // namespace

json::object to_json(const Report& r) {
  json::array steps, channels;
  for (const auto& step : r.steps) {
    steps.push_back(json::object{{"step", name_of(step.step)}, {"found", step.found}, {"seconds", step.seconds}});
  }
  for (const auto& [peer, channel] : r.channels) {
    channels.push_back(json::object{{"channelId", std::to_string(peer.value)},
                                    {"messages", channel.messages},
                                    {"missing", channel.missing},
                                    {"sourceChecksum", fmt::format("{:016x}", channel.source_sum)},
                                    {"journalChecksum", fmt::format("{:016x}", channel.journal_sum)}});
  }
  return {{"sound", r.sound()},
          {"dryRun", r.dry_run},
          {"resumed", r.resumed},
          {"source", r.source},
          {"shape", r.shape},
          {"server", r.server},
          {"rows", r.rows},
          {"messages", r.messages},
          {"duplicates", r.duplicates},
          {"differing", r.differing},
          {"datesTaken", r.dates_taken},
          {"metadataBad", r.metadata_bad},
          {"metadataTwice", r.metadata_twice},
          {"bareChannelIds", r.bare_ids},
          {"setAside", r.set_aside},
          {"deleted", r.deleted},
          {"marks", r.marks},
          {"offered", r.offered},
          {"statuses", counted(r.statuses)},
          {"registered", r.registered},
          {"queueLines", r.queue_lines},
          {"photos", r.photos},
          {"photosAlone", r.photos_alone},
          {"same", r.same},
          {"telegrams", r.telegrams},
          {"dropped", r.dropped},
          {"missing", r.missing},
          {"marksMissing", r.marks_missing},
          {"deletionsMissing", r.deletions_missing},
          {"events", counted(r.events)},
          {"channels", channels},
          {"reasons", json::array(r.reasons.begin(), r.reasons.end())},
          {"steps", steps}};
}

}  // namespace tg::legacy
