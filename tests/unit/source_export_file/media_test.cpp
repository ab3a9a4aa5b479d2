#include <filesystem>

#include "gateway.h"
#include "source/media_store.h"

namespace tg::test {
namespace {

namespace fs = std::filesystem;

std::string with_file(int id, std::string_view path) {
  return fmt::format(
      R"({{"id":{},"type":"message","date_unixtime":"1709287200","file":"{}","mime_type":"text/plain","text":""}})", id,
      path);
}

std::size_t files_below(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file();
  return count;
}

TEST(ImportMedia, FilesAreNamedByTheirContent) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  export_file::Options options;
  options.media_folder = folder / "media";

  auto report = gateway.import(data_file("channel.json"), options);

  ASSERT_TRUE(report);
  EXPECT_EQ(report->media_files, 1u);
  const auto media = gateway.message(kHarbour, 14)->media;
  EXPECT_EQ(media.absent, "");
  ASSERT_EQ(media.blob.size(), 64u);
  const auto file = folder / "media" / "sha256" / media.blob.substr(0, 2) / media.blob.substr(2, 2) / media.blob;
  EXPECT_EQ(read_whole(file), read_whole(data_file("files/tides.txt")));
}

// The disk policy of what is downloaded looks at this mark.
TEST(ImportMedia, WhatIsTakenInIsMarkedAsKeptForEver) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  export_file::Options options;
  options.media_folder = folder / "media";
  ASSERT_TRUE(gateway.import(data_file("channel.json"), options));
  const auto file = source::media_file(options.media_folder, gateway.message(kHarbour, 14)->media.blob);
  EXPECT_FALSE(source::is_removable(file));

  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);  // as a download leaves it
  EXPECT_TRUE(source::is_removable(file));
  ASSERT_TRUE(gateway.import(data_file("channel.json"), options));

  EXPECT_FALSE(source::is_removable(file));
}

TEST(ImportMedia, ALaterImportWithMediaFillsInAndIsNoEdit) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("channel.json")));
  export_file::Options options;
  options.media_folder = folder / "media";

  auto with_media = gateway.import(data_file("channel.json"), options);
  auto again = gateway.import(data_file("channel.json"), options);

  ASSERT_TRUE(with_media);
  EXPECT_EQ(with_media->changes.edited, 0u);
  EXPECT_EQ(with_media->changes.filled, 1u);
  EXPECT_FALSE(gateway.message(kHarbour, 14)->media.blob.empty());
  EXPECT_EQ(again->changes.filled, 0u);
  EXPECT_EQ(files_below(folder / "media"), 1u);
}

TEST(ImportMedia, NothingOutsideTheExportIsRead) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  folder.write("secret.txt", "secret");
  folder.write("export/inside.txt", "inside");
  fs::create_symlink(folder / "secret.txt", folder / "export/link.txt");
  fs::create_directory_symlink(folder.path(), folder / "export/up");
  const auto file = folder.write(
      "export/result.json",
      one_channel(with_file(1, "../secret.txt") + "," + with_file(2, (folder / "secret.txt").string()) + "," +
                  with_file(3, "link.txt") + "," + with_file(4, "up/secret.txt") + "," + with_file(5, "./inside.txt") +
                  "," + with_file(6, "gone.txt") + "," + with_file(7, "a/../../secret.txt")));
  export_file::Options options;
  options.media_folder = folder / "media";

  auto report = gateway.import(file, options);

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->failure);
  EXPECT_EQ(report->messages, 7u);
  EXPECT_EQ(report->media_files, 1u);
  EXPECT_EQ(report->media_missing, 6u);
  EXPECT_EQ(files_below(folder / "media"), 1u);
  EXPECT_FALSE(gateway.message(kHarbour, 5)->media.blob.empty());
}

TEST(ImportMedia, AFileThatCannotBeReadIsOneMissingFile) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  fs::create_directories(folder / "export");
  fs::create_symlink("loop", folder / "export/loop");
  folder.write("export/inside.txt", "inside");
  const auto file =
      folder.write("export/result.json",
                   one_channel(with_file(1, std::string(300, 'n') + ".txt") + "," +
                               with_file(2, std::string(300, 'd') + "/a.txt") + "," + with_file(3, "loop/a.txt") + "," +
                               with_file(4, "inside.txt/a.txt") + "," + with_file(5, "inside.txt")));
  export_file::Options options;
  options.media_folder = folder / "media";

  auto report = gateway.import(file, options);

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->failure) << report->failure->to_string();
  EXPECT_EQ(report->messages, 5u);
  EXPECT_EQ(report->media_missing, 4u);
  EXPECT_EQ(report->media_files, 1u);
  EXPECT_EQ(gateway.message(kHarbour, 1)->media.absent, "not_in_export");
}

TEST(ImportMedia, AFaultOfTheMediaFolderIsNoMissingFile) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  folder.write("export/inside.txt", "inside");
  folder.write("media/sha256/10", "a file where a folder must be");  // where SHA-256 of "inside" begins
  const auto file = folder.write("export/result.json", one_channel(with_file(1, "inside.txt")));
  export_file::Options options;
  options.media_folder = folder / "media";

  auto report = gateway.import(file, options);

  ASSERT_TRUE(report);
  EXPECT_EQ(report->media_missing, 0u);
  EXPECT_TRUE(report->failure);
}

TEST(ImportMedia, LargerFilesThanAllowedStayOutside) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  export_file::Options options;
  options.media_folder = folder / "media";
  options.max_media_bytes = 5;

  ASSERT_TRUE(gateway.import(data_file("channel.json"), options));

  EXPECT_EQ(gateway.message(kHarbour, 14)->media.absent, "too_large");
  EXPECT_EQ(files_below(folder / "media"), 0u);
}

}  // namespace
}  // namespace tg::test
