#pragma once
// Updates to observations. Belongs to one thread; what it needs besides an update it asks of TDLib without waiting and
// takes when the answer comes, in order.
//
//   update ──▶ take() ──▶ push(observation)
//                   └──▶ reconcile(chat): something may be missing, only the server knows
//
// An edit comes in two updates: updateMessageContent with the new content, then updateMessageEdited with its date. Both
// are joined with what TDLib holds of the message, so that two quick edits stay two versions.

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "pipeline/observation.h"
#include "source/chat_directory.h"
#include "source/tdlib/detail/message_reader.h"
#include "source/tdlib/detail/names.h"

namespace tg::tdlib {

// What is known of a chat besides its messages.
struct ChatFacts {
  std::string title, username, kind;
  std::int64_t supergroup = 0, basic_group = 0;
  model::MessageId newest;  // that TDLib was told of; 0 = none
  model::ChatId successor;  // of a basic group that became a supergroup
  bool member = true;       // false: it is told of nothing unless it is kept open
  bool forum = false;       // has topics
};

class Capture {
 public:
  struct Ports {
    std::function<void(pipeline::Observation)> push;
    std::function<bool(model::ChatId)> wanted;                         // is this chat captured?
    std::function<void(model::ChatId, std::string_view why)> missing;  // its newest messages should be walked
    // A query whose answer, an object of the type it names, goes to `then` in this thread; nullptr: it was refused.
    std::function<void(boost::json::object, std::function<void(const boost::json::object*)>)> ask;
    std::function<void(model::ChatId)> doubtful;  // an edit in it could not be read: it should be walked in its turn
  };

  explicit Capture(Ports ports) : ports_(std::move(ports)) {}

  void take(const boost::json::object& update);

  std::int64_t account() const { return account_; }  // 0 until TDLib said it
  const Names& names() const { return names_; }
  const ChatFacts* facts(model::ChatId chat) const;
  std::vector<model::ChatId> groups_and_channels() const;
  const std::vector<source::ChatFolder>& folders() const { return folders_; }

  // Pushes what is known of a chat, where it is wanted.
  void tell(model::ChatId chat);

  // The next live ids of every chat prove nothing together with the last ones: the connection was away.
  void interrupted() { last_live_.clear(); }

  // From now on, if not already, what is posted there should be told at once; until deafen().
  void listen(model::ChatId chat) { listens_.try_emplace(chat, model::Time::now()); }
  void deafen() { listens_.clear(); }
  void listen_only_to(const std::unordered_set<model::ChatId>& chats) {
    std::erase_if(listens_, [&](const auto& one) { return !chats.contains(one.first); });
  }
  // Whether it was so all the time since then.
  bool listened(model::ChatId chat, model::Time posted) const;

 private:
  void take_chat(const boost::json::object& chat);
  void take_supergroup(const boost::json::object& group);
  void take_basic_group(const boost::json::object& group);
  void take_folders(const boost::json::array& folders);
  void note_newest(model::ChatId chat, const boost::json::object& message);
  void take_message(const boost::json::object& message);
  void take_content(model::ChatId chat, std::int64_t message, const boost::json::object& content);
  void take_votes(model::ChatId chat, std::int64_t message, const boost::json::object& content);
  void push_edit(const boost::json::object& message, model::Time seen_at, bool hidden);
  void take_edit(model::ChatId chat, std::int64_t message, std::int64_t edit_date);
  void take_deletion(model::ChatId chat, const boost::json::array& ids);

  pipeline::Provenance provenance(model::Time date) const;

  Ports ports_;
  Names names_;
  std::int64_t account_ = 0;
  std::unordered_map<model::ChatId, ChatFacts> chats_;
  struct Supergroup {
    std::string username;
    bool member = true;
    bool forum = false;
  };
  std::unordered_map<std::int64_t, Supergroup> supergroups_;
  std::unordered_map<model::ChatId, bool> member_;  // of supergroups and channels
  std::vector<source::ChatFolder> folders_;
  struct Content {
    std::uint64_t number = 0;
    boost::json::object content;
  };
  std::map<std::pair<model::ChatId, std::int64_t>, Content> contents_;  // without their date yet
  std::uint64_t last_content_ = 0;
  std::unordered_map<model::ChatId, model::MessageId> last_live_;
  std::unordered_map<model::ChatId, model::Time> listens_;  // since when
};

}  // namespace tg::tdlib
