#include "source/chat_list.h"

#include "source/chat_name.h"

namespace tg::source {
namespace {

constexpr std::array<std::string_view, 9> kColumns{"link",      "url",        "username", "name", "id",
                                                   "channelid", "channel_id", "channel",  "chat"};

struct Row {
  std::size_t line = 1;
  std::vector<std::string> cells;
  std::string_view problem;
};

std::string bare(std::string_view cell) {
  std::string out;
  for (const char c : cell) {
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c != ' ' && c != '\t')
      out += c;
  }
  return out;
}

// The separator that the first line has most of, outside quotes.
char separator_of(std::string_view csv) {
  std::array<std::pair<char, int>, 3> counts{{{',', 0}, {';', 0}, {'\t', 0}}};
  bool quoted = false;
  for (const char c : csv) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    for (auto& [separator, count] : counts) count += c == separator;
  }
  return std::max_element(counts.begin(), counts.end(), [](auto& a, auto& b) { return a.second < b.second; })->first;
}

class Reader {
 public:
  explicit Reader(std::string_view csv) : csv_(csv), separator_(separator_of(csv)) {}

  bool more() const { return at_ < csv_.size(); }

  Row row() {
    Row row;
    row.line = line_;
    do {
      row.cells.push_back(cell(row.problem));
    } while (take(separator_));
    end_line();
    return row;
  }

 private:
  bool take(char wanted) {
    if (!more() || csv_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void end_line() {
    const bool carriage = take('\r');
    if (take('\n') || carriage) ++line_;
  }

  bool ends_cell(char c) const { return c == separator_ || c == '\n' || c == '\r'; }

  std::string cell(std::string_view& problem) {
    std::string text;
    if (take('"')) {
      while (true) {
        if (!more()) {
          problem = "a quote is never closed";
          return text;
        }
        const char c = csv_[at_++];
        if (c == '"' && !take('"')) break;
        line_ += c == '\n';
        text += c;
      }
      if (more() && !ends_cell(csv_[at_])) problem = "text follows a closing quote";
    }
    while (more() && !ends_cell(csv_[at_])) text += csv_[at_++];
    return text;
  }

  const std::string_view csv_;
  const char separator_;
  std::size_t at_ = 0, line_ = 1;
};

// Columns that may name a chat, best first; nothing where the row is no header.
std::vector<std::size_t> columns_of(const Row& row) {
  std::vector<std::size_t> found;
  for (const auto name : kColumns) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (bare(row.cells[i]) == name) found.push_back(i);
    }
  }
  return found;
}

bool is_empty(const Row& row) {
  return std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return bare(cell).empty(); });
}

ListedChat chat_of(const Row& row, const std::vector<std::size_t>& columns) {
  ListedChat chat;
  chat.line = row.line;
  if (!row.problem.empty()) {
    chat.problem = Error{Code::invalid_input, fmt::format("line {}: {}", row.line, row.problem),
                         "Close the quote; a quote within quotes is written twice"};
    return chat;
  }
  for (const auto column : columns) {
    if (column >= row.cells.size() || bare(row.cells[column]).empty()) continue;
    const auto& text = row.cells[column];
    const bool names = parse_chat_name(text).ok();
    if (chat.text.empty() || names) chat.text = text;
    if (names) break;
  }
  if (chat.text.empty()) {
    chat.problem = Error{Code::invalid_input, fmt::format("line {} names no channel", row.line),
                         "Write a @name, a link or an id into it"};
  }
  return chat;
}

}  // namespace

Result<std::vector<ListedChat>> parse_chat_list(std::string_view csv, std::size_t most) {
  if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);
  Reader reader(csv);
  std::vector<ListedChat> chats;
  std::vector<std::size_t> columns;
  bool first = true;
  while (reader.more()) {
    const auto row = reader.row();
    if (is_empty(row) && row.problem.empty()) continue;
    if (std::exchange(first, false)) {
      columns = columns_of(row);
      if (!columns.empty()) continue;
      columns = {0};
    }
    if (chats.size() == most) {
      return Error{Code::invalid_input, fmt::format("the list has more than {} rows", most), "Give it in parts"};
    }
    chats.push_back(chat_of(row, columns));
  }
  if (!chats.empty()) return chats;
  return Error{Code::invalid_input, "the list names no channel",
               "Write one a line, or a header with a column name, link or id and the channels below it"};
}

}  // namespace tg::source
