#include "legacy/detail/photos.h"

#include <system_error>

#include "legacy/detail/row.h"

namespace tg::legacy::detail {
namespace fs = std::filesystem;
namespace {

std::optional<model::MessageKey> key_of(const fs::path& file) {
  if (file.extension() != ".jpg") return std::nullopt;
  const auto name = file.stem().string();
  const auto between = name.rfind('_');
  if (between == name.npos) return std::nullopt;
  const auto peer = peer_of(name.substr(0, between));
  const auto message = model::parse_int(name.substr(between + 1));
  if (!peer || !message || *message <= 0) return std::nullopt;
  return model::MessageKey{{}, model::ChatId{*peer}, model::MessageId{*message}};
}

}  // namespace

Result<Photos> Photos::look_through(const fs::path& folder) {
  Photos photos;
  photos.folder_ = folder;
  if (folder.empty()) return photos;
  std::error_code failed;
  fs::directory_iterator files(folder, failed);
  if (failed) {
    return Error{Code::not_found, fmt::format("{}: {}", folder.string(), failed.message()),
                 "Name the predecessor's cache/photos with --photos, or leave the option out"};
  }
  for (const auto& file : files) {
    const auto key = key_of(file.path());
    std::error_code unreadable;
    if (!key || file.is_symlink(unreadable) || !file.is_regular_file(unreadable)) continue;
    if (file.file_size(unreadable) == 0 || unreadable) continue;
    photos.files_.emplace(*key, file.path().filename().string());
  }
  return photos;
}

Result<void> Photos::into(const fs::path& media_folder) {
  if (files_.empty()) return {};
  auto store = source::MediaStore::open(folder_, media_folder, 0, source::Keep::for_ever);
  if (!store) return store.error();
  store_ = std::make_unique<source::MediaStore>(std::move(*store));
  return {};
}

Result<void> Photos::take(const model::MessageKey& key, model::Media& media) {
  const auto file = files_.find(key);
  if (file == files_.end() || !store_) return {};
  auto taken = store_->take(file->second);
  if (taken) {
    media.blob = taken->sha256;
    media.size = taken->size;
    if (media.mime_type.empty()) media.mime_type = "image/jpeg";
    media.absent.clear();
    return {};
  }
  const auto code = taken.error().code;
  // Gone meanwhile, or not readable: Telegram still has it.
  if (code == Code::not_found || code == Code::permission || code == Code::unsupported) return {};
  return taken.error();
}

}  // namespace tg::legacy::detail
