#include "cli/known_channels.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "config/nearest.h"
#include "source/chat_name.h"
#include "source/fields.h"

namespace tg::cli {
namespace {

using source::ChatName;
using Channel = KnownChannels::Channel;

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// What the word was meant to be: an id, a @name, or anything that people call a channel by.
std::vector<std::string> names_like(const std::string& written, const Channel& channel) {
  const bool digits = !written.empty() && written.find_first_not_of("-0123456789") == std::string::npos;
  if (digits) return {channel.id};
  std::vector<std::string> names;
  if (!channel.username.empty()) names.push_back("@" + channel.username);
  if (written.starts_with('@')) return names;
  for (const auto& name : {channel.username, channel.title, channel.label}) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

}  // namespace

Result<KnownChannels> KnownChannels::of(const RunningGateway& gateway) {
  const auto all = gateway.call("GET", "/api/channels");
  if (!all) return all.error();
  std::vector<Channel> channels;
  if (const auto* list = all->if_array()) {
    for (const auto& one : *list) {
      const auto* object = one.if_object();
      if (!object) continue;
      const source::Fields f(*object);
      channels.push_back({std::string(f.text("channelId")), std::string(f.text("title")), std::string(f.text("label")),
                          std::string(f.text("username"))});
    }
  }
  return KnownChannels(std::move(channels));
}

Result<KnownChannels::Channel> KnownChannels::find(const std::string& written) const {
  const auto name = source::parse_chat_name(written);
  std::vector<const Channel*> titled;
  for (const auto& channel : channels_) {
    if (name && name->kind == ChatName::Kind::id && std::to_string(name->chat.value) == channel.id) return channel;
    if (name && name->kind == ChatName::Kind::username && same(name->text, channel.username)) return channel;
    if (same(written, channel.title) || same(written, channel.label)) titled.push_back(&channel);
  }
  if (titled.size() == 1) return *titled.front();
  if (titled.size() > 1) {
    std::vector<std::string> ids;
    ids.reserve(titled.size());
    for (const auto* channel : titled) ids.push_back(channel->id);
    return Error{Code::invalid_input, fmt::format("{} channels are called {}", titled.size(), written),
                 fmt::format("Write the id: {}", fmt::join(ids, ", "))};
  }
  if (!name && written.find_first_of("/:") != std::string::npos) return name.error();
  std::vector<std::string> names;
  std::vector<const Channel*> named;
  for (const auto& channel : channels_) {
    for (auto& like : names_like(written, channel)) {
      names.push_back(std::move(like));
      named.push_back(&channel);
    }
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto nearest = config::nearest_of(written, views);
  const auto at = std::find(names.begin(), names.end(), nearest);
  const auto lists = std::string("telegram-gateway channels lists them");
  if (nearest.empty() || at == names.end()) {
    return Error{Code::not_found, fmt::format("no channel here is called {}", written), lists};
  }
  const auto& meant = *named[static_cast<std::size_t>(at - names.begin())];
  return Error{Code::not_found, fmt::format("no channel here is called {}", written),
               nearest == meant.id ? fmt::format("The nearest is {}, {}; {}", nearest, meant.title, lists)
                                   : fmt::format("The nearest is {} ({}); {}", nearest, meant.id, lists)};
}

}  // namespace tg::cli
