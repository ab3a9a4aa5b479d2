#pragma once
// What several subjects' handlers share.

#include "api/answer.h"
#include "api/context.h"
#include "api/query.h"
#include "api/route.h"
#include "observe/log.h"

namespace tg::api {

// {channelId} of the path. An error is a 400.
Result<model::ChatId> chat_of(const Request& request, std::size_t parameter = 0);
// {id} of the path: an API id, plain or with %3A.
Result<model::MessageKey> key_of(const Request& request, std::size_t parameter = 0);
Error no_such_message(const model::MessageKey& key);
Error no_such_channel(model::ChatId peer);

// A whole number from a JSON member, also where it is sent as text.
Result<std::int64_t> number_of(const boost::json::object& body, std::string_view name, std::int64_t otherwise,
                               std::int64_t least, std::int64_t most);
Result<std::optional<bool>> boolean_of(const boost::json::object& body, std::string_view name);

// {"success":true,"data":[…]} and pagination behind it.
Response list_answer(std::string_view data, std::string_view pagination);

// The answer of a long poll, whose common headers are there already.
void put_answer(Response& into, Response made);

boost::json::object log_json(const observe::Record& record);

// Before the channel's id: the name of the job that fetches its history.
inline constexpr std::string_view kHistoryJob = "history-";

inline constexpr std::size_t kLongestName = 128;
// A consumer's name: 1…128 printable characters.
Result<std::string> name_of_consumer(std::optional<std::string> name, std::string_view field);

}  // namespace tg::api
