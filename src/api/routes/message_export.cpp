// Messages as a file: what GET /api/messages finds with the same filters, all of it, streamed.
#include "api/routes/common.h"
#include "api/routes/page_query.h"
#include "api/view/message_view.h"
#include "export/csv_row.h"

namespace tg::api {
namespace {

constexpr std::size_t kExportPage = 1'000;  // each page of a search counts up to as many matches again

// Memory holds one page, however slow the reader is. What ends it early is said in its last line.
class ExportStream final : public Stream {
 public:
  ExportStream(store::Store& store, store::PageQuery query, bool csv, bool guard)
      : store_(store), query_(std::move(query)), csv_(csv), guard_(guard) {}

  Next pull(std::string& out, std::size_t budget, bool may_block) override {
    if (!may_block) return Next::blocked;
    if (!begun_ && csv_) out += exporting::csv_columns();
    begun_ = true;
    while (out.size() < budget) {
      if (next_ < rows_.size()) {
        write(out, rows_[next_++]);
      } else if (last_) {
        return Next::ended;
      } else if (auto read = next_page(); !read) {
        out += csv_ ? "\"incomplete: " + read.error().what + "\"\r\n"
                    : boost::json::serialize(boost::json::object{{"incomplete", read.error().what}}) + "\n";
        return Next::ended;
      }
    }
    return Next::written;
  }
  void heartbeat(std::string&) override {}  // the file would hold it

 private:
  void write(std::string& out, const store::Row& row) const {
    if (csv_) {
      out += exporting::csv_row(row, guard_);
    } else {
      JsonWriter json(out);
      write_message(json, row);
      out += '\n';
    }
  }

  Result<void> next_page() {
    auto page = store_.page(query_);
    if (!page) return page.error();
    rows_ = std::move(page->rows);
    next_ = 0;
    last_ = !page->has_more || page->next_cursor.empty();
    query_.cursor = std::move(page->next_cursor);
    query_.offset = 0;
    return {};
  }

  store::Store& store_;
  store::PageQuery query_;
  const bool csv_, guard_;
  bool begun_ = false, last_ = false;
  std::vector<store::Row> rows_;
  std::size_t next_ = 0;
};

Response export_messages(const Request& request, Context& context) {
  const Query asked(request.query());
  auto query = page_query(asked);
  if (!query) return failure(query.error());
  const auto format = asked.text_or({"format"}, "ndjson");
  if (format != "csv" && format != "ndjson") return failure(bad_parameter("format", format, "csv or ndjson"));
  const auto exact = asked.boolean({"exact"});
  if (!exact) return failure(exact.error());
  auto& page = query->page;
  page.limit = kExportPage;
  // What is posted meanwhile comes behind the end, and a lively channel would never be done.
  const auto now = model::Time::now();
  if (!page.newest_first && (!page.to || *page.to > now)) page.to = now;
  // A mistake is told as one, before a file begins.
  auto first = page;
  first.limit = 1;
  if (const auto looked = context.store().page(first); !looked) return failure(looked.error());
  const bool csv = format == "csv";
  Response response;
  response.add("Content-Type", csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson");
  response.add("Content-Disposition",
               fmt::format("attachment; filename=\"messages-{}.{}\"", model::to_rfc3339(now).substr(0, 10), format));
  response.stream = std::make_unique<ExportStream>(context.store(), std::move(page), csv, !exact->value_or(false));
  return response;
}

}  // namespace

std::vector<Route> message_export_routes() {
  std::vector<Parameter> parameters{
      {"format", "string", "ndjson (default), a message a line; or csv"},
      {"exact", "boolean", "csv: no apostrophe before text that a spreadsheet would run"}};
  for (const auto& one : page_parameters()) {
    if (one.name != "around" && one.name != "limit" && one.name != "page") parameters.push_back(one);
  }
  return {{.method = Method::get,
           .pattern = "/api/messages/export",
           .access = Access::read,
           .where = Where::worker,
           .handler = export_messages,
           .operation = "messages_export",
           .tag = "messages",
           .summary = "Every message that the filters of GET /api/messages find, streamed as a file",
           .schema = "=Text",
           .parameters = std::move(parameters),
           .type = "application/x-ndjson"}};
}

}  // namespace tg::api
