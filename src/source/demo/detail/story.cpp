#include "source/demo/detail/story.h"

#include "source/demo/detail/markup.h"
#include "source/demo/detail/phrases.h"
#include "source/demo/detail/pictures.h"

namespace tg::demo::detail {
namespace {

constexpr std::int64_t kBlock = 8;
enum Purpose : std::uint64_t { layout = 1, words, numbers, fate, target, picture, sender, facts };

struct Share {
  Shape shape;
  double until;  // of the cumulated probability
};
constexpr std::array<Share, 10> kShares = {{{Shape::empty, 0.04},
                                            {Shape::album_first, 0.10},
                                            {Shape::photo, 0.22},
                                            {Shape::reply, 0.40},
                                            {Shape::link, 0.48},
                                            {Shape::forward, 0.54},
                                            {Shape::poll, 0.57},
                                            {Shape::service, 0.585},
                                            {Shape::file, 0.61},
                                            {Shape::voice, 0.63}}};

Shape draw(Random& random) {
  const double at = random.unit();
  for (const auto& share : kShares) {
    if (at < share.until) return share.shape;
  }
  return Shape::plain;
}

std::string unique_id(const Channel& channel, std::int64_t id) {
  return fmt::format("AQAD{:016x}", combine(static_cast<std::uint64_t>(channel.first_id), id, 0xF11E));
}

}  // namespace

Random Story::random(const Channel& channel, std::int64_t id, std::uint64_t purpose) const {
  return Random(combine(seed_, channel.peer().value, id, purpose));
}

Shape Story::shape(const Channel& channel, std::int64_t id) const {
  const auto first = id - id % kBlock;
  auto r = random(channel, first / kBlock, layout);
  std::array<Shape, kBlock> shapes{};
  for (std::size_t i = 0; i < kBlock;) {
    const Shape drawn = draw(r);
    if (drawn != Shape::album_first || i + 2 > kBlock) {
      shapes[i++] = drawn == Shape::album_first ? Shape::photo : drawn;
      continue;
    }
    const auto pictures = static_cast<std::size_t>(r.between(2, 4));
    shapes[i++] = Shape::album_first;
    for (std::size_t k = 1; k < pictures && i < kBlock; ++k) shapes[i++] = Shape::album_next;
  }
  return shapes[static_cast<std::size_t>(id - first)];
}

std::int64_t Story::last_of_post(const Channel& channel, std::int64_t id) const {
  const auto here = shape(channel, id);
  if (here != Shape::album_first && here != Shape::album_next) return id;
  while (shape(channel, id + 1) == Shape::album_next) ++id;
  return id;
}

int Story::edits(const Channel& channel, std::int64_t id) const {
  const auto here = shape(channel, id);
  if (here != Shape::plain && here != Shape::photo && here != Shape::reply) return 0;
  auto r = random(channel, id, fate);
  const double likely = channel.style == Style::signals ? 0.22 : 0.07;
  return r.chance(likely) ? static_cast<int>(r.between(1, 3)) : 0;
}

bool Story::removed(const Channel& channel, std::int64_t id) const {
  auto r = random(channel, id, fate);
  r.next();
  r.next();
  const auto here = shape(channel, id);
  return here != Shape::empty && here != Shape::service && r.chance(0.012);
}

std::string Story::plain_text(const Channel& channel, std::int64_t id) const {
  auto r = random(channel, id, words);
  return std::string(r.pick(openings(channel.style)));
}

void Story::add_sender(const Channel& channel, std::int64_t id, model::Message& m) const {
  if (!channel.group) {
    m.sender = channel.title;
    m.sender_id = channel.peer().value;
    if (channel.style == Style::macro) m.signature = people()[0];
    return;
  }
  auto r = random(channel, id, sender);
  const auto who = static_cast<std::size_t>(r.next() % people().size());
  m.sender = people()[who];
  m.sender_id = 7'000'000'100 + static_cast<std::int64_t>(who);
  m.topic = model::MessageId{channel.first_id + r.between(0, static_cast<std::int64_t>(topics().size()) - 1)};
}

void Story::add_photo(const Channel& channel, std::int64_t id, model::Message& m) const {
  auto r = random(channel, id, picture);
  const Picture* shown = &r.pick(charts());
  if (channel.style == Style::ships) shown = &ship();
  if (channel.style == Style::fires) shown = r.chance(0.6) ? &fire_map() : &sunset();
  if (channel.style == Style::city || channel.style == Style::rail || channel.style == Style::desk) shown = &sunset();
  m.media.type = model::MediaType::photo;
  m.media.unique_id = unique_id(channel, id);
  m.media.width = shown->width;
  m.media.height = shown->height;
  m.media.size = r.between(60'000, 240'000);
  m.media.miniature = shown->jpeg;
  m.media.absent = "not_downloaded";
}

void Story::add_reply(const Channel& channel, std::int64_t id, model::Message& m) const {
  auto r = random(channel, id, target);
  auto to = id - r.between(1, 12);
  for (int tries = 0; tries < 40 && to > 0; ++tries, --to) {
    const auto there = shape(channel, to);
    if (there != Shape::plain && there != Shape::photo) continue;
    const auto original = message(channel, to, 0, model::Time{1});
    if (!original) continue;
    model::Reply reply;
    reply.message = model::MessageId{to};
    reply.sender = original->sender;
    reply.text = original->text.substr(0, original->text.find('\n'));
    if (channel.group && r.chance(0.5)) reply.text.clear();  // no quote, only the reference
    m.reply = std::move(reply);
    return;
  }
}

std::optional<model::Message> Story::message(const Channel& channel, std::int64_t id, int version,
                                             model::Time date) const {
  const auto here = shape(channel, id);
  if (here == Shape::empty || id <= 0) return std::nullopt;
  model::Message m;
  m.key = {model::Scope{}, channel.peer(), model::MessageId{id}};
  m.date = date;
  m.chat_title = channel.title;
  add_sender(channel, id, m);
  auto r = random(channel, id, facts);
  auto w = random(channel, id, words);
  std::string sentence;
  switch (here) {
    case Shape::reply:
      sentence = w.pick(answers(channel.style));
      add_reply(channel, id, m);
      break;
    case Shape::photo:
    case Shape::album_first: sentence = w.pick(captions(channel.style)); [[fallthrough]];
    case Shape::album_next: add_photo(channel, id, m); break;
    case Shape::file:
      m.media.type = model::MediaType::document;
      m.media.unique_id = unique_id(channel, id);
      m.media.file_name = fmt::format("relatorio-{}.pdf", id);
      m.media.mime_type = "application/pdf";
      m.media.size = r.between(80'000, 4'000'000);
      m.media.absent = "not_downloaded";
      break;
    case Shape::voice:
      m.media.type = model::MediaType::voice;
      m.media.unique_id = unique_id(channel, id);
      m.media.mime_type = "audio/ogg";
      m.media.duration_s = static_cast<std::int32_t>(r.between(3, 95));
      m.media.size = m.media.duration_s * 4'000;
      m.media.absent = "not_downloaded";
      break;
    case Shape::service: m.service = r.chance(0.7) ? "pin_message" : "edit_group_photo"; break;
    case Shape::poll: {
      const auto& asked = question(channel.style, r);
      model::Poll poll;
      poll.question = asked.question;
      for (const auto option : asked.options) {
        poll.options.push_back({std::string(option), r.between(3, 400)});
        poll.total_voters += poll.options.back().voters;
      }
      m.media.type = model::MediaType::poll;
      m.poll = std::move(poll);
      break;
    }
    default: sentence = plain_text(channel, id); break;
  }
  if (here == Shape::link) {
    const auto& linked = headline(channel.style, r);
    model::LinkPreview preview;
    preview.url = fmt::format("https://{}/{}", linked.site, linked.path);
    preview.title = linked.title;
    preview.description = linked.description;
    preview.site_name = linked.site;
    preview.type = "article";
    sentence = fmt::format("{}\n<a {}>{}</a>", w.pick(captions(channel.style)), preview.url, linked.title);
    m.link_preview = std::move(preview);
  }
  if (here == Shape::forward) {
    const auto& from = r.pick(channels());
    model::Forward forward;
    forward.name = from.title;
    forward.peer = from.peer();
    forward.message = model::MessageId{from.first_id + r.between(1, 50)};
    forward.date = model::Time{date.us - r.between(60, 86'400) * 1'000'000};
    m.forward = std::move(forward);
  }
  if (here == Shape::album_first || here == Shape::album_next) {
    auto first = id;
    while (shape(channel, first) != Shape::album_first) --first;
    m.album = std::to_string(combine(seed_, channel.peer().value, first) >> 2);
  }
  auto formatted = format(fill_in(sentence, channel.style, random(channel, id, numbers), version));
  m.text = std::move(formatted.text);
  m.entities = std::move(formatted.entities);
  return m;
}

}  // namespace tg::demo::detail
