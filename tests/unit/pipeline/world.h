#pragma once
// A made-up server with one message, and what the different sources see of it: pushed updates, pages, a client's
// stale memory, an export. Used to show that the order in which they speak makes no difference.

#include <rapidcheck.h>

#include <optional>
#include <vector>

#include "pipeline/normalise.h"
#include "pipeline/observation.h"

namespace tg::test {

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr model::Time kPosted{1'700'000'000 * kSecond};

// What the server shows from `at` on.
struct Moment {
  model::Time at;
  std::string text;
  model::Time edit_date;     // as the server tells it
  bool hidden_edit = false;  // made by an edit without a date
  bool deleted = false;
  std::int64_t votes = 0;  // grow with time; reactions come and go
};

struct World {
  std::vector<Moment> moments;  // oldest first; the first is the post

  const Moment& at(model::Time time) const {
    const Moment* now = &moments.front();
    for (const auto& moment : moments) {
      if (moment.at <= time) now = &moment;
    }
    return *now;
  }
};

inline rc::Gen<World> a_world() {
  return rc::gen::exec([] {
    World world;
    world.moments.push_back({kPosted, "text 0", {}, false, false});
    const int changes = *rc::gen::inRange(0, 5);
    for (int i = 1; i <= changes; ++i) {
      Moment next = world.moments.back();
      next.at.us += *rc::gen::inRange<std::int64_t>(120, 100'000) * kSecond;
      next.hidden_edit = false;
      next.votes += *rc::gen::inRange(0, 3);
      switch (*rc::gen::weightedElement<int>({{5, 0}, {2, 1}, {2, 2}})) {
        case 0:
          if (next.deleted) continue;
          next.text = "text " + std::to_string(i);
          next.edit_date = model::Time::seconds(next.at.to_seconds());
          break;
        case 1:
          if (next.deleted) continue;
          next.text = "text " + std::to_string(i);
          next.edit_date = {};
          next.hidden_edit = true;
          break;
        default: next.deleted = !next.deleted;
      }
      world.moments.push_back(next);
    }
    return world;
  });
}

inline model::Message message_of(const Moment& moment) {
  model::Message m;
  m.key = {{}, model::ChatId{-1001}, model::MessageId{7}};
  m.date = kPosted;
  m.edit_date = moment.edit_date;
  m.text = moment.text;
  m.sender = "Desk";
  m.media.type = model::MediaType::photo;
  m.media.unique_id = "photo";
  m.counters.views = 10 * moment.votes;
  m.counters.forwards = moment.votes;
  if (moment.votes % 2 == 1) m.counters.reactions.push_back({"👍", moment.votes});
  m.poll = model::Poll{"Which?", {{"this", moment.votes}, {"that", 1}}, moment.votes + 1, moment.votes > 6};
  return m;
}

inline pipeline::Seen pushed(const Moment& moment) {
  return {{model::SourceKind::tdlib, model::Origin::live, 1, moment.at},
          pipeline::Freshness::update,
          moment.hidden_edit,
          false,
          message_of(moment),
          ""};
}

inline pipeline::Seen page(const World& world, model::Time at, model::Origin origin) {
  return {
      {model::SourceKind::tdlib, origin, 2, at}, pipeline::Freshness::page, false, false, message_of(world.at(at)), ""};
}

// A client's memory: what was so at `then`, handed out at `at`.
inline pipeline::Seen remembered(const World& world, model::Time then, model::Time at) {
  return {{model::SourceKind::tdlib, model::Origin::backfill, 2, at},
          pipeline::Freshness::cached,
          false,
          false,
          message_of(world.at(then)),
          ""};
}

// An export made at `then` and imported at `at`: it knows no file ids, but who signed the post.
inline pipeline::Seen exported(const World& world, model::Time then, model::Time at) {
  auto m = message_of(world.at(then));
  m.media.unique_id.clear();
  m.media.file_name = "photo_1.jpg";
  m.signature = "Ana";
  m.counters.views = m.counters.forwards = 0;
  return {{model::SourceKind::export_file, model::Origin::import_, 0, at},
          pipeline::Freshness::cached,
          false,
          false,
          m,
          ""};
}

// Everything that live capture, a catch-up, a history walk, a client's memory and an import could see of it.
inline rc::Gen<std::vector<pipeline::Observation>> sights_of(const World& world) {
  return rc::gen::exec([world] {
    std::vector<pipeline::Observation> sights;
    for (std::size_t i = 0; i < world.moments.size(); ++i) {
      const auto& moment = world.moments[i];
      const bool was_deleted = i > 0 && world.moments[i - 1].deleted;
      if (moment.deleted && !was_deleted) {
        sights.emplace_back(
            pipeline::Deleted{{model::SourceKind::tdlib, model::Origin::live, 1, moment.at}, message_of(moment).key});
      } else if (was_deleted && !moment.deleted) {
        sights.emplace_back(page(world, model::Time{moment.at.us + kSecond}, model::Origin::catchup));
      } else if (*rc::gen::weightedElement<bool>({{4, true}, {1, false}})) {
        sights.emplace_back(pushed(moment));
      }
    }
    const auto end = world.moments.back().at.us + 200'000 * kSecond;
    auto any_time = [&] { return model::Time{*rc::gen::inRange(kPosted.us + 61 * kSecond, end)}; };
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
      const auto at = any_time();
      if (!world.at(at).deleted) sights.emplace_back(page(world, at, model::Origin::backfill));
    }
    if (*rc::gen::arbitrary<bool>()) {
      const auto then = any_time();
      if (!world.at(then).deleted) sights.emplace_back(exported(world, then, model::Time{end + kSecond}));
    }
    return sights;
  });
}

}  // namespace tg::test
