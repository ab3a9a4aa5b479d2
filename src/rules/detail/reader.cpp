#include "rules/detail/reader.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "config/nearest.h"

namespace tg::rules::detail {
namespace json = boost::json;

std::string Reader::path(std::string_view name) const {
  if (place_.empty() || name.empty()) return place_ + std::string(name);
  return fmt::format("{}.{}", place_, name);
}

void Reader::wrong(std::string_view name, std::string what) {
  problems_.push_back({path(name), std::move(what), std::nullopt});
}

const json::value* Reader::member(std::string_view name) {
  known_.emplace_back(name);
  const auto* found = from_.if_contains(name);
  return found && !found->is_null() ? found : nullptr;
}

void Reader::ignore(std::initializer_list<std::string_view> names) {
  known_.insert(known_.end(), names.begin(), names.end());
}

bool Reader::has(std::string_view name) { return member(name) != nullptr; }

std::string Reader::text(std::string_view name, std::size_t longest) {
  const auto* value = member(name);
  if (!value) return {};
  if (value->is_int64()) return std::to_string(value->get_int64());
  if (!value->is_string()) {
    wrong(name, "is no text");
    return {};
  }
  std::string text(value->get_string());
  if (text.size() > longest) {
    wrong(name, fmt::format("has {} bytes, {} are the most", text.size(), longest));
    return {};
  }
  if (text.find('\0') != text.npos) wrong(name, "holds U+0000");
  return text;
}

std::vector<std::string> Reader::texts(std::string_view name, std::size_t most, std::size_t longest) {
  const auto* value = member(name);
  if (!value) return {};
  const auto* list = value->if_array();
  if (!list) {
    wrong(name, "is no list of texts");
    return {};
  }
  if (list->size() > most) {
    wrong(name, fmt::format("has {} entries, {} are the most", list->size(), most));
    return {};
  }
  std::vector<std::string> texts;
  for (const auto& one : *list) {
    if (one.is_int64()) {
      texts.push_back(std::to_string(one.get_int64()));
    } else if (!one.is_string() || one.get_string().empty() || one.get_string().size() > longest) {
      wrong(name, fmt::format("has an entry that is no text of 1 to {} bytes", longest));
    } else {
      texts.emplace_back(one.get_string());
    }
  }
  return texts;
}

std::optional<bool> Reader::flag(std::string_view name) {
  const auto* value = member(name);
  if (!value) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  wrong(name, "is neither true nor false");
  return std::nullopt;
}

std::optional<std::int64_t> Reader::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = member(name);
  if (!value) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= least && value->get_int64() <= most) return value->get_int64();
  wrong(name, fmt::format("is no whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<Reader> Reader::object(std::string_view name) {
  const auto* value = member(name);
  if (!value) return std::nullopt;
  if (value->is_object()) return Reader(value->get_object(), path(name), problems_);
  wrong(name, "is no JSON object");
  return std::nullopt;
}

void Reader::each(std::string_view name, std::size_t most, const std::function<void(Reader&)>& read) {
  const auto* value = member(name);
  if (!value) return;
  const auto* list = value->if_array();
  if (!list || list->size() > most) {
    wrong(name, fmt::format("is no list of at most {} objects", most));
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* one = (*list)[i].if_object();
    const auto place = fmt::format("{}[{}]", name, i);
    if (!one) {
      wrong(place, "is no JSON object");
      continue;
    }
    Reader reader(*one, path(place), problems_);
    read(reader);
  }
}

void Reader::no_others() {
  for (const auto& [name, value] : from_) {
    const std::string_view unknown(name);
    if (std::find(known_.begin(), known_.end(), unknown) != known_.end()) continue;
    const auto near = std::find_if(known_.begin(), known_.end(),
                                   [&](const std::string& known) { return config::is_near(unknown, known); });
    wrong(unknown.substr(0, 64), near == known_.end() ? std::string("is not known here; it can be one of ") +
                                                            fmt::format("{}", fmt::join(known_, ", "))
                                                      : fmt::format("is not known here; is {} meant?", *near));
  }
}

}  // namespace tg::rules::detail
