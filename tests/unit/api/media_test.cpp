// A message's file over HTTP: whole, in parts, and not again.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "api/access/signed_links.h"
#include "harness.h"

namespace tg::test {
namespace {

constexpr std::size_t kVideo = 3 << 20;
const std::string kVideoTarget = "/api/telegram-gateway/media/-1001487851422:1";

struct WithVideo {
  Harness gateway;
  std::string bytes;

  explicit WithVideo(std::size_t size = kVideo, std::string_view token = "") {
    if (!token.empty()) gateway.require(token, {config::Scope::read});
    gateway.options.data_dir = gateway.folder.path();
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 256));
    const std::string hash = "abcd" + std::string(60, '0');
    auto& media = gateway.store.rows.front().message.media;
    media.type = model::MediaType::video;
    media.mime_type = "video/mp4";
    media.blob = hash;
    gateway.options.media_folder = gateway.folder / "media";
    const auto place = gateway.options.media_folder / "sha256" / "ab" / "cd";
    std::filesystem::create_directories(place);
    std::ofstream(place / hash, std::ios::binary) << bytes;
    gateway.start();
  }
  Answer get(const std::string& headers = "") { return gateway.get(kVideoTarget, headers); }
};

TEST(MediaFiles, ArriveWholeAndSayThatTheyComeInPartsToo) {
  WithVideo video;

  const auto answer = video.get();

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "video/mp4");
  EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(answer.header("Transfer-Encoding"), "");
  EXPECT_EQ(answer.body.size(), kVideo);
  EXPECT_TRUE(answer.body == video.bytes);
}

TEST(MediaFiles, WhatTheCallerHasIsNotSentAgain) {
  WithVideo video;
  const auto etag = video.get("Range: bytes=0-0\r\n").header("ETag");
  ASSERT_FALSE(etag.empty());

  EXPECT_EQ(video.get("If-None-Match: " + etag + "\r\n").status, 304);
  EXPECT_EQ(video.get("If-None-Match: \"other\"\r\nRange: bytes=0-0\r\n").status, 206);
}

TEST(MediaFiles, APartIsTheBytesThatWereAskedFor) {
  WithVideo video;
  struct Case {
    const char* range;
    std::size_t first, size;
  };
  for (const auto& [range, first, size] :
       {Case{"bytes=0-0", 0, 1}, Case{"bytes=100-199", 100, 100}, Case{"bytes=-5", kVideo - 5, 5},
        Case{"bytes=3145720-", 3'145'720, 8}, Case{"bytes=3145720-9999999999999999999999", 3'145'720, 8},
        Case{"bytes=1000-", 1'000, kVideo - 1'000}}) {
    const auto answer = video.get(std::string("Range: ") + range + "\r\n");
    EXPECT_EQ(answer.status, 206) << range;
    EXPECT_EQ(answer.header("Content-Range"),
              "bytes " + std::to_string(first) + "-" + std::to_string(first + size - 1) + "/" + std::to_string(kVideo));
    EXPECT_TRUE(answer.body == video.bytes.substr(first, size)) << range << ": " << answer.body.size();
  }
}

TEST(MediaFiles, APartThatIsNotThereIs416AndWhatIsNoRangeIsNone) {
  WithVideo video(1'000);

  const auto beyond = video.get("Range: bytes=1000-\r\n");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */1000");
  for (const auto* range : {"bytes=0-1,5-6", "bytes=9-1", "bytes=a-b", "lines=0-1", "bytes=-", "bytes=5"}) {
    const auto answer = video.get(std::string("Range: ") + range + "\r\n");
    EXPECT_EQ(answer.status, 200) << range;
    EXPECT_EQ(answer.body.size(), 1'000u) << range;
  }
  EXPECT_EQ(video.get("Range: bytes=0-1\r\nIf-Range: \"older\"\r\n").status, 200) << "of another file than it has";
}

TEST(MediaFiles, APartIsOnlySentOfTheFileThatTheCallerHas) {
  WithVideo video(1'000);
  const auto etag = video.get().header("ETag");

  EXPECT_EQ(video.get("Range: bytes=0-1\r\nIf-Range: " + etag + "\r\n").status, 206);
  EXPECT_EQ(video.get("Range: bytes=0-1\r\nIf-Range: W/" + etag + "\r\n").status, 200) << "RFC 9110, 13.1.5";
  EXPECT_EQ(video.get("Range: bytes=0-1\r\nIf-Range: Fri, 27 Nov 2026 07:00:00 GMT\r\n").status, 200);
  EXPECT_EQ(video.get("Range: bytes=-0\r\n").status, 416);
}

TEST(MediaFiles, ManyPartsAtOnceAreNotTakenApart) {
  WithVideo video(1'000);
  std::string many = "bytes=0-";
  for (int i = 0; i < 200; ++i) many += ",0-";

  const auto answer = video.get("Range: " + many + "\r\n");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.size(), 1'000u) << "once, whatever was asked for";
  EXPECT_EQ(answer.header("Content-Range"), "");
}

TEST(MediaFiles, WhatABrowserMayNotShowIsADownloadWithASafeName) {
  WithVideo video(1'000);
  auto& media = video.gateway.store.rows.front().message.media;
  media.file_name = "clip\u202E.mp4";
  EXPECT_EQ(video.get().header("Content-Disposition"), "inline; filename=\"clip.mp4\"; filename*=UTF-8''clip.mp4");

  media.type = model::MediaType::document;
  media.mime_type = "text/html";
  media.file_name = "../page\".html";
  const auto page = video.get();
  EXPECT_EQ(page.header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(page.header("Content-Disposition"), "attachment; filename=\"_page_.html\"; filename*=UTF-8''_page_.html");
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.header("Content-Security-Policy"), "default-src 'none'; sandbox");
}

TEST(MediaFiles, ReadingTheHeadOfALargeOneReadsNothingOfIt) {
  WithVideo video;
  auto client = video.gateway.client();

  client.send("HEAD " + kVideoTarget + " HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\n\r\n");
  client.read_to_end();

  EXPECT_NE(client.received().find("Content-Length: " + std::to_string(kVideo) + "\r\n"), std::string::npos);
  EXPECT_TRUE(client.received().ends_with("\r\n\r\n"));
}

std::string link_of(WithVideo& video) {
  const auto answer = video.gateway.post(kVideoTarget + "/link", "{\"expiresIn\":60}", "X-Gateway-Token: secret\r\n");
  EXPECT_EQ(answer.status, 200) << answer.body;
  return std::string(boost::json::parse(answer.body).at("data").at("url").as_string());
}

TEST(SignedLinks, OpenOneFileWithoutATokenAndNothingElse) {
  WithVideo video(1'000, "secret");
  const auto link = link_of(video);

  EXPECT_EQ(video.get().status, 401);
  EXPECT_EQ(video.gateway.get(link).body.size(), 1'000u);
  EXPECT_EQ(video.gateway.get(link, "Range: bytes=0-9\r\n").body, video.bytes.substr(0, 10));
  std::string escaped = link;
  escaped.replace(escaped.rfind(':'), 1, "%3A");
  EXPECT_EQ(video.gateway.get(escaped).status, 200);

  std::string other = link;
  other.replace(other.find(":1?"), 3, ":2?");
  EXPECT_EQ(video.gateway.get(other).status, 403);
  EXPECT_EQ(video.gateway.get("/api/messages" + link.substr(link.find('?'))).status, 401);
  EXPECT_EQ(video.gateway.post(kVideoTarget + "/link" + link.substr(link.find('?')), "{}").status, 401);
}

TEST(SignedLinks, WrongOnesAreRefusedWhoeverSendsThem) {
  WithVideo video(1'000, "secret");
  const auto link = link_of(video);
  std::string wrong = link;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  std::string longer = link;
  longer.insert(longer.find("expires=") + 8, "1");
  for (const auto& target : {wrong, longer, link.substr(0, link.size() - 1), kVideoTarget + "?signature=x",
                             kVideoTarget + "?expires=99999999999&signature=x"}) {
    EXPECT_EQ(video.gateway.get(target).status, 403) << target;
    EXPECT_EQ(video.gateway.get(target, "X-Gateway-Token: secret\r\n").status, 403) << target;
  }
  EXPECT_EQ(video.gateway.get(kVideoTarget + "?expires=99999999999").status, 401);
}

TEST(SignedLinks, EndWithTheirTimeAndWithTheirKey) {
  TempFolder folder;
  const model::Time now = model::Time::now(), later{now.us + 60'000'000};
  const api::SignedLinks links(folder.path());
  api::Request request;
  request.set_target(links.link("/file", later));

  EXPECT_EQ(links.check(request, now), api::SignedLinks::Verdict::right);
  EXPECT_EQ(api::SignedLinks(folder.path()).check(request, now), api::SignedLinks::Verdict::right);
  EXPECT_EQ(links.check(request, later), api::SignedLinks::Verdict::wrong);
  const auto key = folder / "media_link.key";
  EXPECT_EQ(std::filesystem::status(key).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::remove(key);
  EXPECT_EQ(api::SignedLinks(folder.path()).check(request, now), api::SignedLinks::Verdict::wrong);
}

}  // namespace
}  // namespace tg::test
