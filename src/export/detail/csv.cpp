#include "export/detail/csv.h"

#include "export/csv_row.h"
#include "export/detail/rows.h"

namespace tg::exporting::detail {
std::string csv_cell(std::string_view text, bool guard) {
  std::string cell;
  if (guard && !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) cell = '\'';
  if (cell.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"" + cell;
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

Result<void> write_csv(store::Store& store, const Options& options, Output& out, Written& written) {
  auto chats = chats_of(store, options);
  if (!chats) return chats.error();
  written.chats = chats->size();
  if (auto done = out.write(csv_columns()); !done) return done;
  return each_row(
      store, options, {options.channels, nullptr, newest_of(*chats)},
      [&](const store::Row& row) { return out.write(csv_row(row, options.guard_formulas)); }, written);
}

}  // namespace tg::exporting::detail
