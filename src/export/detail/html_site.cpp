#include "export/detail/html_site.h"

#include <cerrno>
#include <cstdlib>

#include "export/detail/html_assets.h"
#include "export/detail/html_message.h"
#include "export/detail/html_text.h"
#include "export/detail/output.h"
#include "export/detail/rows.h"
#include "model/message_json.h"

namespace tg::exporting::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMessagesAPage = 2'000;
constexpr std::size_t kSearchedText = 400;                      // characters of each message in the index
constexpr std::string_view kMark = ".telegram-gateway-export";  // only folders with it are replaced

struct PageRef {
  std::string file;   // relative to the site
  std::string title;  // chat and month
  std::size_t messages = 0;
};

std::string head(std::string_view title, std::string_view to_root) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'self' "
      "file:; "
      "script-src 'self' file:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" "
      "content=\"no-referrer\">\n<title>{0}</title>\n<link rel=\"stylesheet\" "
      "href=\"{1}style.css\">\n</head>\n<body>\n",
      escape_html(title), to_root);
}

// A text cut at a whole character.
std::string_view shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

class Site {
 public:
  Site(fs::path folder, Written& written) : folder_(std::move(folder)), written_(written) {}

  Result<void> begin_chat(const store::Chat& chat) {
    chat_ = chat;
    const auto id = chat.peer.value;
    name_ = fmt::format("{}{}{}", id < 0 ? "c" : "u", id < 0 ? -id : id,
                        chat.scope ? fmt::format("-{}", chat.scope.value) : "");
    first_page_ = pages_.size();
    std::error_code ec;
    fs::create_directory(folder_ / name_, ec);
    return ec ? Result<void>(system_error("making " + (folder_ / name_).string(), ec.value())) : Result<void>();
  }

  Result<void> add(const store::Row& row) {
    const auto month = model::to_rfc3339(row.message.date).substr(0, 7);
    if (!page_ || month != month_ || pages_.back().messages >= kMessagesAPage) {
      part_ = month == month_ && page_ ? part_ + 1 : 1;
      month_ = month;
      const auto file = fmt::format("{}/{}{}.html", name_, month, part_ > 1 ? fmt::format("-{}", part_) : "");
      if (auto done = end_page(file); !done) return done;
      if (auto done = begin_page(file); !done) return done;
    }
    ids_.insert(row.message.key.message);
    auto& page = pages_.back();
    index_ += page.messages++ == 0 ? "\n[" : ",\n[";
    fmt::format_to(std::back_inserter(index_), "{},{},", row.message.key.message.value, row.message.date.to_seconds());
    model::append_json_string(index_, row.message.sender);
    index_ += ',';
    model::append_json_string(index_, shortened(row.message.text, kSearchedText));
    index_ += ']';
    return page_->write(message_html(row, [&](model::MessageId id) { return ids_.contains(id); }));
  }

  Result<void> end_chat() {
    if (auto done = end_page(""); !done) return done;
    month_.clear();
    std::string list =
        head(chat_.title, "../") +
        fmt::format("<nav><a href=\"../index.html\">All chats</a></nav>\n<h1 dir=\"auto\">{}</h1>\n<ul>\n",
                    escape_html(chat_.title));
    std::size_t messages = 0;
    for (std::size_t i = first_page_; i < pages_.size(); ++i) {
      const auto& page = pages_[i];
      list += fmt::format("<li><a href=\"{0}\">{1}</a> · {2}</li>\n", page.file.substr(name_.size() + 1),
                          page.file.substr(name_.size() + 1, page.file.size() - name_.size() - 6), page.messages);
      messages += page.messages;
    }
    chats_ +=
        fmt::format("<li class=\"chat\"><a href=\"{}/index.html\" dir=\"auto\">{}</a> <small>{} {}</small></li>\n",
                    name_, escape_html(chat_.title.empty() ? std::to_string(chat_.peer.value) : chat_.title), messages,
                    messages == 1 ? "message" : "messages");
    ++written_.chats;
    return file(name_ + "/index.html", list + "</ul>\n</body>\n</html>\n");
  }

  Result<void> finish() {
    std::string pages = "'use strict';\nsite.pages = [";
    for (const auto& page : pages_) {
      pages += pages.back() == '[' ? "\n[" : ",\n[";
      model::append_json_string(pages, page.file);
      pages += ',';
      model::append_json_string(pages, page.title);
      pages += ']';
    }
    pages += "\n];\n";
    const std::string index =
        head("Telegram export", "") +
        "<script src=\"site.js\"></script>\n<script src=\"pages.js\"></script>\n<h1>Telegram export</h1>\n<label "
        "for=\"search\">Search all messages</label>\n<input id=\"search\" type=\"search\" autocomplete=\"off\">\n<p "
        "id=\"status\" "
        "role=\"status\"></p>\n<ul id=\"found\" class=\"found\"></ul>\n<ul class=\"chats\">\n" +
        chats_ +
        fmt::format(
            "</ul>\n<footer>Written {} by Telegram Gateway, an unofficial program.</footer>\n</body>\n</html>\n",
            readable(model::Time::now()));
    for (const auto& [name, text] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"style.css", site_style()}, {"site.js", site_script()}, {"pages.js", pages}, {kMark, ""}}) {
      if (auto done = file(name, text); !done) return done;
    }
    return file("index.html", index);
  }

 private:
  Result<void> file(std::string_view name, std::string_view text) {
    auto out = Output::open(folder_ / name, false);
    if (!out) return out.error();
    if (auto done = out->write(text); !done) return done;
    return close(*out);
  }
  Result<void> close(Output& out) {
    if (auto done = out.finish(); !done) return done;
    ++written_.files;
    written_.bytes += out.bytes();
    return {};
  }

  Result<void> begin_page(const std::string& name) {
    const auto previous = page_name_;
    page_name_ = name.substr(name_.size() + 1);
    auto out = Output::open(folder_ / name, false);
    if (!out) return out.error();
    page_.emplace(std::move(*out));
    pages_.push_back({name, fmt::format("{} · {}", chat_.title, month_), 0});
    ids_.clear();
    index_ = fmt::format("add({}, [", pages_.size() - 1);
    const auto back =
        pages_.size() - 1 > first_page_ ? fmt::format("<a href=\"{}\">Earlier</a>", previous) : "<span></span>";
    return page_->write(head(pages_.back().title, "../") +
                        fmt::format("<nav>{}<a href=\"index.html\">All months</a></nav>\n<h1 dir=\"auto\">{}</h1>\n",
                                    back, escape_html(pages_.back().title)));
  }
  // `next`: the page that follows in this chat; empty = none.
  Result<void> end_page(const std::string& next) {
    if (!page_) return {};
    const auto on =
        next.empty() ? std::string()
                     : fmt::format("<nav><span></span><a href=\"{}\">Later</a></nav>\n", next.substr(name_.size() + 1));
    if (auto done = page_->write(on + "</body>\n</html>\n"); !done) return done;
    if (auto done = close(*page_); !done) return done;
    page_.reset();
    return file(fmt::format("search/{}.js", pages_.size() - 1), index_ + "\n]);\n");
  }

  fs::path folder_;
  Written& written_;
  store::Chat chat_;
  std::string name_, month_, page_name_, chats_, index_;
  int part_ = 1;
  std::size_t first_page_ = 0;
  std::vector<PageRef> pages_;
  std::set<model::MessageId> ids_;  // of the page so far
  std::optional<Output> page_;
};

Result<void> fill(store::Store& store, const Options& options, const fs::path& folder, Written& written) {
  auto chats = chats_of(store, options);
  if (!chats) return chats.error();
  Site site(folder, written);
  for (const auto& chat : *chats) {
    if (auto done = site.begin_chat(chat); !done) return done;
    auto done = each_row(
        store, options, {{chat.peer}, &chat, newest_of(*chats)}, [&](const store::Row& row) { return site.add(row); },
        written);
    if (!done) return done;
    if (done = site.end_chat(); !done) return done;
  }
  return site.finish();
}

// What may be replaced is a folder of ours, or an empty one.
Result<void> may_replace(const Options& options) {
  std::error_code ec;
  const auto what = fmt::format("writing {}", options.path.string());
  if (!fs::exists(fs::symlink_status(options.path, ec)) || fs::is_empty(options.path, ec)) return {};
  if (!options.force)
    return Error{Code::conflict, what + ": it is there already", "Give another name, or --force to replace it"};
  if (fs::exists(options.path / kMark, ec)) return {};
  return Error{Code::conflict, what + ": it is there already, and it is no export of this program",
               "Give another name: this program only replaces its own exports"};
}

}  // namespace

Result<Written> write_html_site(store::Store& store, const Options& options) {
  if (options.path == "-") return Error{Code::invalid_input, "an html export is a folder", "Give the name of a folder"};
  if (auto free = may_replace(options); !free) return free.error();
  const auto parent = options.path.has_parent_path() ? options.path.parent_path() : fs::path(".");
  std::string building = (parent / fmt::format(".{}.XXXXXX", options.path.filename().string())).string();
  if (!::mkdtemp(building.data())) return system_error("making " + building, errno);
  std::error_code ec;
  fs::create_directory(fs::path(building) / "search", ec);

  Written written;
  auto done = fill(store, options, building, written);
  if (done) {
    fs::remove_all(options.path, ec);
    fs::rename(building, options.path, ec);
    if (ec) done = system_error(fmt::format("writing {}", options.path.string()), ec.value());
  }
  if (!done) {
    fs::remove_all(building, ec);
    return done.error();
  }
  return written;
}

}  // namespace tg::exporting::detail
