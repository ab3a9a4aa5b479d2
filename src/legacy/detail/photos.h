#pragma once
// The predecessor's photo cache: <channel>_<message>.jpg in one folder. Taken into the media folder by content.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "model/ids.h"
#include "model/message.h"
#include "model/result.h"
#include "source/media_store.h"

namespace tg::legacy::detail {

class Photos {
 public:
  // An empty folder: none. Files of no bytes and other names are passed over.
  static Result<Photos> look_through(const std::filesystem::path& folder);

  std::size_t size() const { return files_.size(); }
  bool has(const model::MessageKey& key) const { return files_.contains(key); }

  // Before the first take().
  Result<void> into(const std::filesystem::path& media_folder);
  // Puts the file of this message into `media`, where there is one. An error is a fault of the media folder.
  Result<void> take(const model::MessageKey& key, model::Media& media);

 private:
  std::filesystem::path folder_;
  std::map<model::MessageKey, std::string> files_;
  std::unique_ptr<source::MediaStore> store_;
};

}  // namespace tg::legacy::detail
