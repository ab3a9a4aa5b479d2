// What is missing for good: a person accepts it, and it stays visible as that.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "journal/coverage.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kLongestReason = 1'000;

Response accept_loss(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto first = number_of(*body, "from", 0, 1, INT64_MAX);
  if (!first) return failure(first.error());
  const auto last = number_of(*body, "to", 0, 1, INT64_MAX);
  if (!last) return failure(last.error());
  if (*first == 0 || *last < *first) {
    return failure(400, "invalid_input", "'from' and 'to' are missing: the first and the last id that are given up");
  }
  const auto reason = text_of(*body, "reason").value_or("");
  if (reason.size() > kLongestReason) return failure(400, "invalid_input", "'reason' is longer than 1000 bytes");
  const auto chat = context.store().chat(*peer);
  if (!chat) return failure(chat.error());
  if (!*chat) return failure(no_such_channel(*peer));
  std::int64_t accepted = 0;
  const auto done = context.parts.intake.write([&](journal::Connection& db) -> Result<void> {
    const auto now = model::Time::now();
    const auto found = journal::coverage(db, *peer, now);
    if (!found) return found.error();
    for (const auto& hole : found->open_holes) {
      const journal::Range part{std::max(hole.range.first, *first), std::min(hole.range.last, *last)};
      if (part.first > part.last) continue;
      if (auto kept = journal::accept_loss(db, *peer, found->scope, part, reason, now); !kept) return kept;
      accepted += part.size();
    }
    if (accepted > 0) return {};
    return Error{Code::conflict, fmt::format("no id from {} to {} is missing", *first, *last),
                 "GET /api/channels/{id}/coverage lists the holes; one that was just filled needs nothing"};
  });
  if (!done) return failure(done.error());
  context.changed();
  observe::info("loss_accepted", {{"channel", peer->value}, {"from", *first}, {"to", *last}, {"ids", accepted}});
  return success(json::object{{"channelId", std::to_string(peer->value)}, {"accepted", accepted}});
}

}  // namespace

std::vector<Route> loss_routes() {
  return {{.method = Method::post,
           .pattern = "/api/channels/{id}/losses",
           .access = Access::admin,
           .where = Where::worker,
           .handler = accept_loss,
           .operation = "loss_accept",
           .tag = "channels",
           .summary = "Accepts that the missing ids of a range cannot be fetched; they stay visible as lost",
           .schema = "LossAccepted",
           .body = "LossBody",
           .parameters = {{"id", "string", "a chat's id", "path", true}}}};
}

}  // namespace tg::api
