// An archive gives back what went in, or says that it cannot; never a file outside its folder.

#include "backup/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/temp_folder.h"

namespace tg::backup {
namespace {

namespace fs = std::filesystem;

Result<void> ignore(std::int64_t) { return {}; }

class BackupArchive : public testing::Test {
 protected:
  BackupArchive() {
    folder_.write("in/journal.db", std::string(300'000, 'j'));
    folder_.write("in/accounts/main/td/td.binlog", "session");
    manifest_.program = "1.2.3";
    manifest_.made_at = model::Time::seconds(1'800'000'000);
    manifest_.journal = {"abc", 7, model::Seq{42}, 5, 4, 3, 2, 1};
    for (const char* name : {"journal.db", "accounts/main/td/td.binlog"}) {
      const auto file = folder_ / "in" / name;
      manifest_.files.push_back({name, static_cast<std::int64_t>(fs::file_size(file)), sha256_of(file).value(),
                                 "/var/lib/" + std::string(name)});
    }
    manifest_.left_out.push_back({"media", "why"});
  }

  fs::path packed() {
    const auto to = folder_ / "a.tar.zst";
    EXPECT_TRUE(write_archive(to, manifest_, folder_ / "in", ignore));
    return to;
  }

  // A tar as somebody else would write it.
  fs::path forged(const std::string& manifest, const std::vector<std::pair<std::string, std::string>>& files,
                  mode_t type = AE_IFREG) {
    const auto to = folder_ / "forged.tar.zst";
    auto* writer = archive_write_new();
    archive_write_add_filter_zstd(writer);
    archive_write_set_format_pax_restricted(writer);
    archive_write_open_filename(writer, to.c_str());
    const auto add = [&](const std::string& name, const std::string& content, mode_t kind) {
      auto* entry = archive_entry_new();
      archive_entry_set_pathname(entry, name.c_str());
      archive_entry_set_filetype(entry, kind);
      if (kind == AE_IFLNK) archive_entry_set_symlink(entry, "/etc/passwd");
      archive_entry_set_size(entry, kind == AE_IFREG ? static_cast<la_int64_t>(content.size()) : 0);
      archive_entry_set_perm(entry, 0777);
      archive_write_header(writer, entry);
      if (kind == AE_IFREG) archive_write_data(writer, content.data(), content.size());
      archive_entry_free(entry);
    };
    add("manifest.json", manifest, AE_IFREG);
    add("manifest.sha256", sha256_of(folder_.write("manifest", manifest)).value(), AE_IFREG);
    for (const auto& [name, content] : files) add(name, content, type);
    archive_write_free(writer);
    return to;
  }

  void refused(const fs::path& archive, std::string_view says) {
    const auto into = folder_ / "out";
    fs::remove_all(into);
    const auto read = read_archive(archive, into, ignore);
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().to_string().find(says), std::string::npos) << read.error().to_string();
  }

  test::TempFolder folder_;
  Manifest manifest_;
};

TEST_F(BackupArchive, GivesBackWhatWentIn) {
  const auto read = read_archive(packed(), folder_ / "out", ignore);

  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(read->journal, manifest_.journal);
  EXPECT_EQ(read->made_at, manifest_.made_at);
  ASSERT_EQ(read->files.size(), 2U);
  EXPECT_EQ(read->files[1].from, "/var/lib/accounts/main/td/td.binlog");
  EXPECT_TRUE(read->has_sessions());
  EXPECT_EQ(test::read_whole(folder_ / "out/journal.db"), std::string(300'000, 'j'));
  EXPECT_EQ(test::read_whole(folder_ / "out/accounts/main/td/td.binlog"), "session");
  const auto owner_only = fs::perms::owner_read | fs::perms::owner_write;
  EXPECT_EQ(fs::status(folder_ / "out/journal.db").permissions(), owner_only);
  EXPECT_EQ(fs::status(folder_ / "a.tar.zst").permissions(), owner_only);
}

TEST_F(BackupArchive, CutAtAnyPlaceIsRefused) {
  const auto whole = test::read_whole(packed());
  for (std::size_t size = 0; size + 20 < whole.size(); size += 7) {
    const auto cut = folder_.write("cut.tar.zst", whole.substr(0, size));
    EXPECT_FALSE(read_archive(cut, std::nullopt, ignore).ok()) << size << " of " << whole.size();
  }
}

TEST_F(BackupArchive, OneByteThatChangedIsNeverTakenForTheSame) {
  const auto whole = test::read_whole(packed());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    const auto read = read_archive(folder_.write("changed.tar.zst", changed), std::nullopt, ignore);
    if (!read) continue;
    // What follows the files, and what is of no account in a header.
    EXPECT_EQ(to_json(*read), to_json(manifest_)) << i;
  }
}

TEST_F(BackupArchive, ThatIsNoneIsRefused) {
  refused(folder_.write("text", "hello"), "no whole backup");
  refused(forged("{", {}), "manifest cannot be read");
  refused(forged("{\"v\":2}", {}), "version 2");
  EXPECT_EQ(read_archive(folder_ / "nothing", std::nullopt, ignore).error().code, Code::not_found);
}

TEST_F(BackupArchive, NamesThatLeaveTheFolderAreRefused) {
  for (const char* name :
       {"../journal.db", "/etc/cron.d/x", "accounts/../../x", "a//b", "./a", "a/", ".", "a b", "a\nb"}) {
    auto hostile = manifest_;
    hostile.files[1].name = name;
    refused(forged(boost::json::serialize(to_json(hostile)), {}), "could leave the folder");
  }
}

TEST_F(BackupArchive, WhatTheManifestDoesNotNameIsRefused) {
  const auto text = boost::json::serialize(to_json(manifest_));
  const std::string journal(300'000, 'j');
  refused(forged(text, {{"journal.db", journal}, {"other", "x"}}), "td.binlog is not in it");
  refused(forged(text, {{"journal.db", journal}, {"accounts/main/td/td.binlog", "session"}, {"more", "x"}}),
          "more is in it");
  refused(forged(text, {{"journal.db", journal + "j"}}), "is longer");
  refused(forged(text, {{"journal.db", std::string(300'000, 'k')}}), "SHA-256");
  refused(forged(text, {{"journal.db", ""}}, AE_IFLNK), "no regular file");
}

TEST_F(BackupArchive, NeverWritesOverAFile) {
  folder_.write("out/journal.db", "mine");

  EXPECT_EQ(read_archive(packed(), folder_ / "out", ignore).error().code, Code::conflict);
  EXPECT_EQ(test::read_whole(folder_ / "out/journal.db"), "mine");
}

}  // namespace
}  // namespace tg::backup
