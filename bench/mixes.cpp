#include "mixes.h"

#include <random>

#include "source/demo/corpus.h"

namespace tg::bench {
namespace {

constexpr int kPagesBeforeJump = 9;

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"; }

std::string post(const std::string& target, const std::string& body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", target,
      body.size(), body);
}

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_letter(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string_view between(std::string_view text, std::string_view before, char end) {
  const auto begin = text.rfind(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(end));
}

class Same : public Script {
 public:
  explicit Same(const std::string& target) : ask_{get(target), "page", false} {}
  Ask next(std::string_view) override { return ask_; }

 private:
  Ask ask_;
};

// A page around a random message, then nine further ones by nextCursor: no page is asked for twice. Some ids are empty.
class Deep : public Script {
 public:
  Deep(const MixOptions& options, std::size_t client)
      : channels_(options.channels), random_(client + 100 * options.run) {}

  Ask next(std::string_view last) override {
    const auto cursor =
        between(last.substr(last.size() - std::min<std::size_t>(last.size(), 2'000)), "\"nextCursor\":\"", '"');
    if (cursor.empty() || pages_ == kPagesBeforeJump) {
      pages_ = 0;
      const auto& channel = channels_[random_() % channels_.size()];
      const auto id = 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(channel.newest));
      return {get(fmt::format("/api/messages?limit=50&around={}:{}", channel.id, id)), "around", true};
    }
    ++pages_;
    return {get("/api/messages?limit=50&cursor=" + escaped(cursor)), "cursor", false};
  }

 private:
  const std::vector<Channel>& channels_;
  std::mt19937_64 random_;
  int pages_ = 0;
};

// Words of the corpus: two that follow one another in a random message, so that what is found is many or few.
class Search : public Script {
 public:
  Search(const MixOptions& options, std::size_t client) : random_(client + 100 * options.run) {
    const std::size_t channel = client % std::max<std::size_t>(options.channels.size(), 1);
    demo::Corpus corpus(1, channel);
    for (int i = 0; i < 300; ++i) texts_.push_back(corpus.next().text);
  }

  Ask next(std::string_view) override {
    while (true) {
      const auto phrase = two_words(texts_[random_() % texts_.size()]);
      if (std::count_if(phrase.begin(), phrase.end(), is_letter) < 4) continue;
      // Another end each time: no answer is one that was kept.
      const auto to = 1'900'000'000 + random_() % 100'000'000;
      return {get(fmt::format("/api/messages?limit=50&search={}&to={}", escaped(phrase), to)), "search", false};
    }
  }

 private:
  std::string two_words(const std::string& text) {
    std::vector<std::size_t> begins{0};
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      if (text[i] == ' ') begins.push_back(i + 1);
    }
    const auto word = random_() % begins.size();
    const auto end = word + 2 < begins.size() ? begins[word + 2] - 1 : text.size();
    return text.substr(begins[word], end - begins[word]);
  }

  std::mt19937_64 random_;
  std::vector<std::string> texts_;
};

// Polls without ever marking: the same hundred until the gateway has served them ten times.
class Waiting : public Script {
 public:
  Waiting(const MixOptions& options, std::size_t client)
      : ask_{get(fmt::format("/api/messages/unprocessed?limit=100&channel={}&excludeProcessedBy=waits{}x{}",
                             options.channels[client % options.channels.size()].id, options.run, client)),
             "poll", false} {}
  Ask next(std::string_view) override { return ask_; }

 private:
  Ask ask_;
};

// Polls a hundred that it never had, marks them, polls the next; goes on in the next channel when one is done.
class Fresh : public Script {
 public:
  Fresh(const MixOptions& options, std::size_t client) : options_(options), client_(client), channel_(client) {}

  Ask next(std::string_view last) override {
    if (polled_) {
      polled_ = false;
      const auto ids = ids_in(last);
      if (!ids.empty()) {
        return {post("/api/messages/mark-processed",
                     fmt::format("{{\"processedBy\":\"{}\",\"messageIds\":[{}]}}", consumer(), ids)),
                "mark", false};
      }
      if (++channel_ - client_ == options_.channels.size()) {
        channel_ = client_;
        ++round_;
      }
    }
    polled_ = true;
    return {get(fmt::format("/api/messages/unprocessed?limit=100&channel={}&excludeProcessedBy={}",
                            options_.channels[channel_ % options_.channels.size()].id, consumer())),
            "poll", false};
  }

 private:
  std::string consumer() const { return fmt::format("fresh{}x{}x{}", options_.run, client_, round_); }

  static std::string ids_in(std::string_view body) {
    constexpr std::string_view kBefore = "{\"id\":\"";
    std::string ids;
    for (auto at = body.find(kBefore); at != std::string_view::npos; at = body.find(kBefore, at + 1)) {
      const auto begin = at + kBefore.size();
      if (!ids.empty()) ids += ',';
      ids += '"';
      ids += body.substr(begin, body.find('"', begin) - begin);
      ids += '"';
    }
    return ids;
  }

  const MixOptions& options_;
  std::size_t client_;
  std::size_t channel_;
  std::size_t round_ = 0;
  bool polled_ = false;
};

}  // namespace

std::unique_ptr<Script> make_script(const std::string& mix, const MixOptions& options, std::size_t client) {
  if (mix == "target") return std::make_unique<Same>(options.target);
  if (mix == "search") return std::make_unique<Search>(options, client);
  if (options.channels.empty()) return nullptr;
  if (mix == "deep") return std::make_unique<Deep>(options, client);
  if (mix == "waiting") return std::make_unique<Waiting>(options, client);
  if (mix == "fresh") return std::make_unique<Fresh>(options, client);
  return nullptr;
}

}  // namespace tg::bench
