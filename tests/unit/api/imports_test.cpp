// An export that is uploaded in parts, and what becomes of it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <future>

#include "api/routes/imports.h"
#include "harness.h"

namespace tg::test {
namespace {
namespace fs = std::filesystem;
namespace json = boost::json;

const std::string kImports = "/api/telegram-gateway/imports";
const std::string kContent = R"({"messages":[]})";

std::string text_of_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 0777U : 0;
}

struct Uploads : testing::Test {
  explicit Uploads(journal::Limits limits = {}) : gateway(limits) {
    gateway.import_file = [this](const api::ImportOrder& order, const auto& tell) -> Result<bool> {
      const api::Imported counts{.messages = 3, .created = 1, .changed = 0, .known = 2, .refused = 0};
      seen = order.name + ": " + text_of_file(order.file);
      written = model::Time::seconds([&] {
        struct stat info {};
        ::lstat(order.file.c_str(), &info);
        return info.st_mtim.tv_sec;
      }());
      while (waits && !order.stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      tell({.fraction = 1, .seconds_left = {}, .counts = counts});
      return !waits;
    };
  }
  ~Uploads() override { gateway.api.reset(); }

  Answer call(const std::string& method, const std::string& path, const std::string& body = "") {
    return gateway.client().call(method, path, "", body);
  }
  json::object data(const Answer& answer) { return json::parse(answer.body).at("data").as_object(); }

  // The id of a new upload.
  std::string begin(const std::string& name = "result.json", std::size_t size = kContent.size()) {
    const auto answer = gateway.post(kImports, json::serialize(json::object{{"name", name}, {"size", size}}));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.status == 201 ? std::string(data(answer).at("id").as_string()) : "";
  }
  Answer put(const std::string& id, std::size_t offset, const std::string& bytes) {
    return call("PUT", fmt::format("{}/{}/parts?offset={}", kImports, id, offset), bytes);
  }
  json::object ended(const std::string& id) {
    for (int tries = 0; tries < 5'000; ++tries) {
      auto now = data(gateway.get(kImports + "/" + id));
      if (now.contains("finishedAt")) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "it does not end";
    return {};
  }
  // What is in the folder of uploads.
  std::vector<std::string> files() {
    std::vector<std::string> names;
    std::error_code none;
    for (fs::directory_iterator file(folder(), none), end; !none && file != end; file.increment(none)) {
      names.push_back(file->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  fs::path folder() { return gateway.folder / "journal" / "uploads"; }
  void restart() {
    gateway.api.reset();
    gateway.start();
  }

  std::atomic<bool> waits{false};  // the import runs until it is stopped
  std::string seen;
  model::Time written;
  Harness gateway;
};

TEST_F(Uploads, AFileComesInPartsAndIsTakenInWhenItIsWhole) {
  gateway.start();
  const auto id = begin("../My export/result.json");
  EXPECT_EQ(mode_of(folder()), 0700U);
  EXPECT_EQ(mode_of(folder() / (id + ".data")), 0600U);
  EXPECT_EQ(mode_of(folder() / (id + ".json")), 0600U);

  EXPECT_EQ(data(put(id, 0, kContent.substr(0, 6))).at("state").as_string(), "uploading");
  EXPECT_EQ(put(id, 6, kContent.substr(6)).status, 200);
  const auto over = ended(id);

  EXPECT_EQ(over.at("state").as_string(), "done");
  EXPECT_EQ(over.at("imported").at("new").to_number<int>(), 1);
  EXPECT_EQ(over.at("imported").at("known").to_number<int>(), 2);
  EXPECT_EQ(seen, "_My export_result.json: " + kContent);
  EXPECT_TRUE(files().empty());
  const auto job = data(gateway.get("/api/telegram-gateway/jobs/" + id));
  EXPECT_EQ(job.at("kind").as_string(), "import");
  EXPECT_EQ(job.at("state").as_string(), "done");
  EXPECT_EQ(job.at("detail").as_string(), "3 messages read: 1 new, 0 changed, 2 here already, 0 set aside");
}

TEST_F(Uploads, APartThatIsThereAlreadyIsHarmlessAndOneElsewhereIsToldWhereToGoOn) {
  gateway.start();
  const auto id = begin();
  put(id, 0, kContent.substr(0, 6));

  EXPECT_EQ(put(id, 0, kContent.substr(0, 6)).status, 200);
  EXPECT_EQ(put(id, 2, "XX").status, 200);
  for (const std::size_t offset : {3U, 7U}) {
    const auto refused = put(id, offset, "12345");
    EXPECT_EQ(refused.status, 409) << offset;
    EXPECT_EQ(json::parse(refused.body).at("received").to_number<int>(), 6);
    EXPECT_NE(refused.body.find("Go on at offset 6"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(put(id, 6, kContent.substr(6) + "more").status, 400);
  put(id, 6, kContent.substr(6));
  ended(id);

  EXPECT_EQ(seen, "result.json: " + kContent);
  EXPECT_EQ(put(id, 6, kContent.substr(6)).status, 200) << "the last part once more";
}

TEST_F(Uploads, TheSameFileGoesOnWhereItStoodAlsoAfterARestart) {
  gateway.start();
  const auto body = fmt::format(R"({{"name":"r.json","size":{},"modified":"2024-05-01T10:00:00Z"}})", kContent.size());
  const auto id = std::string(data(gateway.post(kImports, body)).at("id").as_string());
  put(id, 0, kContent.substr(0, 6));

  restart();
  const auto again = gateway.post(kImports, body);

  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(data(again).at("id").as_string(), id);
  EXPECT_EQ(data(again).at("received").to_number<int>(), 6);
  put(id, 6, kContent.substr(6));
  EXPECT_EQ(ended(id).at("state").as_string(), "done");
  EXPECT_EQ(seen, "r.json: " + kContent);
  EXPECT_EQ(written, *model::parse_time("2024-05-01T10:00:00Z"));
}

TEST_F(Uploads, TheSameFileIsFoundAgainBeforeItsFirstByteAndWhileItIsTakenIn) {
  waits = true;
  gateway.start();
  const auto body = fmt::format(R"({{"name":"result.json","size":{}}})", kContent.size());
  const auto id = begin();

  const auto first = gateway.post(kImports, body);
  put(id, 0, kContent);
  const auto again = gateway.post(kImports, body);

  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(data(again).at("id").as_string(), id);
  EXPECT_EQ(data(again).at("state").as_string(), "importing");
  call("DELETE", kImports + "/" + id);
  ended(id);
}

TEST_F(Uploads, AFileOfTheFutureIsOfNow) {
  gateway.start();
  const auto answer = gateway.post(
      kImports, fmt::format(R"({{"name":"r.json","size":{},"modified":"2099-05-01T10:00:00Z"}})", kContent.size()));
  const auto id = std::string(data(answer).at("id").as_string());
  put(id, 0, kContent);
  ended(id);

  EXPECT_LE(written, model::Time::now());
  EXPECT_GT(written.us, model::Time::now().us - 60'000'000);
}

TEST_F(Uploads, AnotherFileWaitsForItsTurn) {
  gateway.start();
  const auto id = begin();

  const auto refused = gateway.post(kImports, R"({"name":"other.json","size":99})");

  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find(id), std::string::npos) << refused.body;
}

TEST_F(Uploads, NoNameLeadsOutOfTheFolder) {
  gateway.start();
  const auto around = [&] {
    std::set<std::string> all;
    for (const auto& one : fs::recursive_directory_iterator(gateway.folder.path())) all.insert(one.path().string());
    return all;
  };
  const auto before = around();
  const std::vector<std::string> names{
      "../../../tmp/x",         "/etc/passwd", "..",         ".",        "",         "a\\..\\b",
      std::string(20'000, 'n'), "\x1b[31m",    "\u202Enosj", "x\n.json", "%2e%2e%2f"};
  for (const auto& name : names) {
    const auto id = begin(name);
    ASSERT_FALSE(id.empty()) << name;

    EXPECT_EQ(files(), (std::vector{id + ".data", id + ".json"})) << name;
    const auto shown = std::string(data(gateway.get(kImports + "/" + id)).at("name").as_string());
    EXPECT_EQ(shown.find_first_of("/\\\n\x1b"), shown.npos) << shown;
    EXPECT_LE(shown.size(), 150U);
    EXPECT_EQ(call("DELETE", kImports + "/" + id).status, 202);
  }
  auto after = around();
  after.erase(folder().string());
  EXPECT_EQ(after, before);
  for (const std::string id : {"..", "..%2F..%2Fjournal.db", "import-0000000000000000", "%00"}) {
    EXPECT_NE(put(id, 0, "x").status, 200) << id;
    EXPECT_NE(call("DELETE", kImports + "/" + id).status, 202) << id;
  }
}

TEST_F(Uploads, WhatIsTooLargeOrNothingIsRefusedInWords) {
  gateway.start();

  for (const std::string size : {"0", "-1", "\"many\"", "null", "{}"}) {
    EXPECT_EQ(gateway.post(kImports, R"({"size":)" + size + "}").status, 400) << size;
  }
  for (const std::string size : {"2147483649", "9223372036854775807", "\"99999999999999999999\""}) {
    const auto refused = gateway.post(kImports, R"({"size":)" + size + "}");
    EXPECT_EQ(refused.status, 413) << size;
    EXPECT_NE(refused.body.find("telegram-gateway import FILE"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(gateway.post(kImports, R"({"size":1,"modified":"yesterday"})").status, 400);
  EXPECT_TRUE(files().empty());
}

struct UploadsToAFullDisk : Uploads {
  UploadsToAFullDisk() : Uploads({.disk_reserve_bytes = 1LL << 60}) {}
};

TEST_F(UploadsToAFullDisk, NothingIsUploadedBelowTheReserve) {
  gateway.start();

  const auto refused = gateway.post(kImports, R"({"size":4194304})");

  EXPECT_EQ(refused.status, 507) << refused.body;
  EXPECT_NE(refused.body.find("264 MB are needed"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("Free disk space"), std::string::npos) << refused.body;
}

TEST_F(Uploads, AnUploadIsGivenUpAndItsFileIsGone) {
  gateway.start();
  const auto id = begin();
  put(id, 0, "{");

  EXPECT_EQ(call("DELETE", kImports + "/" + id).status, 202);

  EXPECT_TRUE(files().empty());
  EXPECT_EQ(ended(id).at("state").as_string(), "cancelled");
  const auto late = put(id, 1, "}");
  EXPECT_EQ(late.status, 410);
  EXPECT_EQ(late.body.find("received"), std::string::npos) << late.body;
  EXPECT_EQ(call("DELETE", kImports + "/" + id).status, 409);
}

TEST_F(Uploads, AnImportIsStoppedByItsJobToo) {
  waits = true;
  gateway.start();
  const auto id = begin();
  put(id, 0, kContent);
  EXPECT_EQ(gateway.post("/api/telegram-gateway/jobs/" + id + "/pause", "{}").status, 409);

  EXPECT_EQ(gateway.post("/api/telegram-gateway/jobs/" + id + "/cancel", "{}").status, 202);

  const auto over = ended(id);
  EXPECT_EQ(over.at("state").as_string(), "cancelled");
  EXPECT_EQ(over.at("imported").at("new").to_number<int>(), 1);
  EXPECT_TRUE(files().empty());
}

TEST_F(Uploads, AnImportThatTheGatewaysEndCutShortIsToldAndNotBegunAgain) {
  waits = true;
  gateway.start();
  const auto id = begin();
  put(id, 0, kContent);

  gateway.api.reset();
  EXPECT_EQ(files().size(), 2U);
  gateway.start();

  const auto over = ended(id);
  EXPECT_EQ(over.at("state").as_string(), "failed");
  EXPECT_NE(over.at("error").as_string().find("nothing is stored twice"), json::string::npos);
  EXPECT_TRUE(files().empty());
}

TEST_F(Uploads, AnImportThatFailsSaysWhyAndWhatIsKept) {
  gateway.import_file = [](const auto&, const auto& tell) -> Result<bool> {
    tell({.fraction = 0.5, .seconds_left = {}, .counts = {.messages = 7, .created = 7}});
    return Error{Code::invalid_input, "not JSON at byte 9", "Export it again"};
  };
  gateway.start();
  const auto id = begin();
  put(id, 0, kContent);

  const auto over = ended(id);

  EXPECT_EQ(over.at("state").as_string(), "failed");
  EXPECT_EQ(over.at("error").as_string(), "not JSON at byte 9. Export it again");
  EXPECT_EQ(over.at("imported").at("new").to_number<int>(), 7);
  EXPECT_TRUE(files().empty());
}

TEST_F(Uploads, AnImportThatThrowsIsOneThatFailed) {
  gateway.import_file = [](const auto&, const auto&) -> Result<bool> { throw std::runtime_error("out of everything"); };
  gateway.start();
  const auto id = begin();
  put(id, 0, kContent);

  const auto over = ended(id);

  EXPECT_EQ(over.at("error").as_string(), "result.json: out of everything. What was taken in stays");
  EXPECT_TRUE(files().empty());
}

TEST_F(Uploads, WhatNobodyGoesOnWithForADayIsRemovedAndForeignFilesAreLeft) {
  gateway.start();
  const auto id = begin();
  gateway.api.reset();
  std::ofstream(folder() / "notes.txt") << "mine";
  std::ofstream(folder() / "import-0123456789abcdef.data") << "of an upload that was never told of";
  std::ofstream(folder() / "import-00000000000000aa.data") << "x";
  std::ofstream(folder() / "import-00000000000000aa.json") << "{\"name\":[[[";

  api::Parts parts{.journal = *gateway.journal,
                   .intake = gateway.intake,
                   .store = gateway.store,
                   .metrics = gateway.metrics,
                   .health = gateway.health,
                   .series = gateway.series,
                   .generations = gateway.generations};
  api::Imports imports(parts, [] {});
  EXPECT_EQ(files().size(), 6U) << "a gateway that cannot listen touches nothing";
  imports.start(model::Time::now());
  EXPECT_EQ(files(), (std::vector<std::string>{id + ".data", id + ".json", "notes.txt"}));
  imports.forget_abandoned(model::Time{model::Time::now().us + 23 * 3'600'000'000LL});
  EXPECT_EQ(files().size(), 3U);
  imports.forget_abandoned(model::Time{model::Time::now().us + 25 * 3'600'000'000LL});
  EXPECT_EQ(files(), std::vector<std::string>{"notes.txt"});
}

TEST_F(Uploads, AnOldUploadIsGoneAtTheNextStart) {
  gateway.start();
  begin();
  gateway.api.reset();
  for (const auto& file : fs::directory_iterator(folder())) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(25));
  }

  gateway.start();

  EXPECT_TRUE(files().empty());
}

TEST_F(Uploads, ToImportNeedsAnAdministratorsToken) {
  gateway.require("reads-only-in-this-test", {config::Scope::read, config::Scope::consume});
  gateway.start();
  const std::string token = "Authorization: Bearer reads-only-in-this-test\r\n";

  EXPECT_EQ(gateway.post(kImports, R"({"size":1})", token).status, 403);
  EXPECT_EQ(gateway.client().call("PUT", kImports + "/x/parts", token, "x").status, 403);
  EXPECT_EQ(gateway.client().call("DELETE", kImports + "/x", token).status, 403);
  EXPECT_EQ(gateway.get(kImports + "/x", token).status, 404);
  EXPECT_EQ(gateway.get(kImports + "/x").status, 401);
}

}  // namespace
}  // namespace tg::test
