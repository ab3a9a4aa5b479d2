#pragma once
// Files on their way in, a part at a time; they stay over a restart. In the data folder (0700), for their owner alone
// (0600), and called after a random id: what the client calls its file is for people to read.
//
//   uploads/ID.json   its name, size and time
//   uploads/ID.data   its bytes so far
//
// Not safe for several threads at once with one of them.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/result.h"

namespace tg::api {

struct Upload {
  std::string id;
  std::string name;  // name_of_upload()
  std::int64_t size = 0, received = 0;
  model::Time modified;  // as the client says; 0 = it does not
  model::Time touched;   // when a part came last

  bool whole() const { return received == size; }
};

// What the client calls its file, without folders and without what is not seen.
std::string name_of_upload(std::string_view name);

class UploadFolder {
 public:
  explicit UploadFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<Upload> begin(std::string_view name, std::int64_t size, model::Time modified) const;
  Result<void> append(Upload& upload, std::string_view bytes) const;
  void finish(const Upload& upload) const;  // gives the file its own time, at most now
  void remove(const std::string& id) const;
  std::filesystem::path data(const std::string& id) const { return folder_ / (id + ".data"); }

  // What an earlier run left; what cannot be told of is removed.
  std::vector<Upload> left_behind() const;

 private:
  std::filesystem::path facts(const std::string& id) const { return folder_ / (id + ".json"); }
  std::optional<Upload> read(const std::string& id) const;

  std::filesystem::path folder_;
};

}  // namespace tg::api
