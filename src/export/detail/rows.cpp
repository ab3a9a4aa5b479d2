#include "export/detail/rows.h"

namespace tg::exporting::detail {
namespace {

constexpr std::size_t kPage = 1'000;

}  // namespace

Result<void> each_row(store::Store& store, const Options& options, const Wanted& wanted, const TakeRow& take,
                      Written& written) {
  store::PageQuery query;
  query.channels = wanted.channels;
  query.from = options.from;
  query.to = options.to ? *options.to : wanted.until;
  query.include_deleted = true;
  query.newest_first = false;
  query.limit = kPage;
  while (true) {
    auto page = store.page(query);
    if (!page) return page.error();
    for (const auto& row : page->rows) {
      const auto& key = row.message.key;
      if (wanted.only && (key.peer != wanted.only->peer || key.scope != wanted.only->scope)) continue;
      if (auto done = take(row); !done) return done;
      const auto& media = row.message.media;
      if (media.type != model::MediaType::none && media.type != model::MediaType::poll) {
        ++written.files_left_out;
        written.files_kept += media.blob.empty() ? 0 : 1;
      }
      if (++written.messages % kPage == 0 && options.on_progress) options.on_progress(written.messages);
    }
    if (!page->has_more || page->next_cursor.empty() || page->rows.empty()) return {};
    query.cursor = page->next_cursor;
  }
}

model::Time newest_of(const std::vector<store::Chat>& chats) {
  auto newest = model::Time::now();
  for (const auto& chat : chats) newest = std::max(newest, chat.last_date);
  return newest;
}

Result<std::vector<store::Chat>> chats_of(store::Store& store, const Options& options) {
  auto all = store.chats();
  if (!all) return all.error();
  std::vector<store::Chat> chosen;
  for (auto& chat : *all) {
    const bool named = std::find(options.channels.begin(), options.channels.end(), chat.peer) != options.channels.end();
    if (options.channels.empty() || named) chosen.push_back(std::move(chat));
  }
  for (const auto peer : options.channels) {
    const bool found =
        std::any_of(chosen.begin(), chosen.end(), [&](const store::Chat& chat) { return chat.peer == peer; });
    if (!found) {
      return Error{Code::not_found, fmt::format("channel {} is not stored here", peer.value),
                   "telegram-gateway channels lists those that are"};
    }
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const store::Chat& a, const store::Chat& b) { return a.title < b.title; });
  return chosen;
}

}  // namespace tg::exporting::detail
