#include "source/demo/detail/story.h"

#include <gtest/gtest.h>

#include "model/message_json.h"
#include "source/demo/detail/markup.h"

namespace tg::demo::detail {
namespace {

constexpr model::Time kDate = model::Time::seconds(1'700'000'000);

TEST(Story, SaysTheSameAboutAnIdForEver) {
  const Story one(7), same(7), other(8);
  int different = 0;
  for (const auto& channel : channels()) {
    for (std::int64_t id = channel.first_id; id < channel.first_id + 40; ++id) {
      const auto a = one.message(channel, id, 0, kDate), b = same.message(channel, id, 0, kDate);
      const auto c = other.message(channel, id, 0, kDate);
      ASSERT_EQ(a.has_value(), b.has_value());
      if (a) {
        ASSERT_EQ(*a, *b);
      }
      different += a.has_value() != c.has_value() || (a && *a != *c);
    }
  }
  EXPECT_GT(different, 1'000);
}

TEST(Story, AlbumsAreTwoToFourPicturesWithOneId) {
  const Story story(1);
  const auto& channel = channels()[0];
  std::map<std::string, int> albums;
  for (std::int64_t id = 1; id <= 4'000; ++id) {
    const auto m = story.message(channel, id, 0, kDate);
    if (m && !m->album.empty()) ++albums[m->album];
  }
  EXPECT_GT(albums.size(), 50u);
  for (const auto& [album, pictures] : albums) {
    EXPECT_GE(pictures, 2);
    EXPECT_LE(pictures, 4);
  }
}

TEST(Story, EveryFeatureOccursAndSomeIdsAreEmpty) {
  const Story story(1);
  int empty = 0, replies = 0, quotes = 0, links = 0, forwards = 0, polls = 0, services = 0, spoilers = 0, edits = 0,
      removed = 0;
  std::set<model::MediaType> media;
  for (const auto& channel : channels()) {
    for (std::int64_t id = 100; id < 400; ++id) {
      const auto m = story.message(channel, id, 0, kDate);
      empty += !m;
      if (!m) continue;
      replies += m->reply.has_value();
      quotes += m->reply && !m->reply->text.empty();
      links += m->link_preview.has_value();
      forwards += m->forward.has_value();
      polls += m->poll.has_value();
      services += !m->service.empty();
      for (const auto& entity : m->entities) spoilers += entity.type == model::EntityType::spoiler;
      edits += story.edits(channel, id) > 0;
      removed += story.removed(channel, id);
      media.insert(m->media.type);
    }
  }
  for (const int count : {empty, replies, quotes, links, forwards, polls, services, spoilers, edits, removed})
    EXPECT_GT(count, 10);
  EXPECT_GE(media.size(), 5u);
}

TEST(Story, AnEditChangesNumbersInTheText) {
  const Story story(1);
  const auto& channel = channels()[0];
  int changed = 0;
  for (std::int64_t id = 1; id < 3'000; ++id) {
    if (story.edits(channel, id) == 0) continue;
    const auto before = story.message(channel, id, 0, kDate), after = story.message(channel, id, 1, kDate);
    changed += before->text != after->text;
    EXPECT_EQ(before->key, after->key);
  }
  EXPECT_GT(changed, 50);
}

TEST(Story, EntitiesLieWithinTheText) {
  const Story story(3);
  for (const auto& channel : channels()) {
    for (std::int64_t id = 1; id < 100; ++id) {
      const auto m = story.message(channel, id, 0, kDate);
      if (!m) continue;
      std::int32_t units = 0, end = 0;
      for (const char c : m->text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0 ? 2 : 1;
      }
      for (const auto& entity : m->entities) {
        EXPECT_GE(entity.offset, end) << "overlap in " << m->text;
        EXPECT_GT(entity.length, 0);
        end = entity.offset + entity.length;
      }
      EXPECT_LE(end, units);
      EXPECT_EQ(m->text.find('{'), std::string::npos) << m->text;
    }
  }
}

TEST(Markup, CountsInUtf16) {
  const auto formatted = format("🔥 <b>bold 🔥</b> #tag https://a.example/x <a https://b.example>here</a>");

  EXPECT_EQ(formatted.text, "🔥 bold 🔥 #tag https://a.example/x here");
  ASSERT_EQ(formatted.entities.size(), 4u);
  EXPECT_EQ(formatted.entities[0], (model::Entity{model::EntityType::bold, 3, 7, ""}));
  EXPECT_EQ(formatted.entities[1], (model::Entity{model::EntityType::hashtag, 11, 4, ""}));
  EXPECT_EQ(formatted.entities[2].type, model::EntityType::url);
  EXPECT_EQ(formatted.entities[3].value, "https://b.example");
}

}  // namespace
}  // namespace tg::demo::detail
