#include "api/routes/common.h"
#include "api/routes/imports.h"
#include "api/view/board.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kPartBytes = 512 * 1'024;  // what is asked of clients: it also has to arrive in time

json::object import_json(const Imports::State& state, const Context& context) {
  json::object out{{"id", state.file.id},
                   {"name", state.file.name},
                   {"state", name_of(state.stage)},
                   {"size", state.file.size},
                   {"received", state.file.received},
                   {"partBytes", std::min(kPartBytes, context.options.server.max_body_bytes)},
                   {"startedAt", model::to_rfc3339(state.started_at)}};
  if (state.stage != Imports::State::Stage::uploading) {
    out["progress"] = state.progress.fraction;
    out["imported"] = imported_json(state.progress.counts);
  }
  if (state.finished_at) out["finishedAt"] = model::to_rfc3339(state.finished_at);
  if (!state.error.empty()) out["error"] = state.error;
  return out;
}

Response import_answer(const Result<Imports::State>& state, const Context& context, int status = 200) {
  return state ? success(import_json(*state, context), status) : failure(state.error());
}

Response begin_import(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto size = number_of(*body, "size", 0, 0, INT64_MAX);
  if (!size) return failure(size.error());
  if (*size == 0)
    return failure(Error{Code::invalid_input, "the file is empty, or 'size' is missing", "Say its bytes"});
  if (*size > Imports::kMostBytes) {
    return failure(413, "too_large",
                   fmt::format("a file of {} MB is too large to be uploaded; at most {} MB are taken. Stop the gateway "
                               "and import it on its machine: telegram-gateway import FILE",
                               *size >> 20, Imports::kMostBytes >> 20));
  }
  model::Time modified;
  if (const auto text = text_of(*body, "modified")) {
    const auto time = model::parse_time(*text);
    if (!time || time->us <= 0) return failure(bad_parameter("modified", *text, "a date and time"));
    modified = *time;
  }
  const auto begun = context.imports.begin(text_of(*body, "name").value_or(""), *size, modified);
  return begun ? import_answer(begun->state, context, begun->anew ? 201 : 200) : failure(begun.error());
}

Response put_part(const Request& request, Context& context) {
  const auto id = unescape(request.parameters[0]);
  const auto offset = Query(request.query()).number({"offset"}, 0, 0, Imports::kMostBytes);
  if (!offset) return failure(offset.error());
  const auto state = context.imports.append(id, *offset, request.body);
  if (state || state.error().code != Code::conflict) return import_answer(state, context);
  const auto now = context.imports.find(id);
  return with_body(409, kJson,
                   json::serialize(json::object{{"success", false},
                                                {"error", name_of(Code::conflict)},
                                                {"message", state.error().to_string()},
                                                {"statusCode", 409},
                                                {"received", now ? now->file.received : 0}}));
}

Response one_import(const Request& request, Context& context) {
  return import_answer(context.imports.find(unescape(request.parameters[0])), context);
}

Response end_import(const Request& request, Context& context) {
  const auto id = unescape(request.parameters[0]);
  if (const auto done = context.imports.cancel(id); !done) return failure(done.error());
  return success(json::object{{"jobId", id}}, 202);
}

}  // namespace

std::vector<Route> import_routes() {
  const Parameter id{"id", "string", "the import", "path", true};
  const auto route = [](Method method, std::string_view pattern, auto handler, std::string_view operation,
                        std::string_view summary) {
    return Route{.method = method,
                 .pattern = pattern,
                 .access = Access::admin,
                 .where = Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "imports",
                 .summary = summary,
                 .schema = "Import"};
  };
  auto first = route(Method::post, "/api/telegram-gateway/imports", begin_import, "import_begin",
                     "Begins the upload of an export, or finds the one that was begun (200): it goes on at `received`");
  first.body = "ImportBody";
  first.status = 201;
  auto part = route(
      Method::put, "/api/telegram-gateway/imports/{id}/parts", put_part, "import_part",
      "The file's bytes from an offset on; the last ones begin the import. 409: go on at `received`. 410: it is over");
  part.body = "=Binary";
  part.parameters = {id, {"offset", "integer", "where in the file these bytes stand, 0 by default"}};
  auto state =
      route(Method::get, "/api/telegram-gateway/imports/{id}", one_import, "import", "How far one is, what came of it");
  state.access = Access::read;
  state.parameters = {id};
  auto remove = route(Method::delete_, "/api/telegram-gateway/imports/{id}", end_import, "import_end",
                      "Ends an upload or an import and removes its file; what was taken in stays");
  remove.schema = "JobStarted";
  remove.status = 202;
  remove.parameters = {id};
  return {std::move(first), std::move(part), std::move(state), std::move(remove)};
}

}  // namespace tg::api
