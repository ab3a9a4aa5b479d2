#include "source/export_file/detail/json_stream.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>

#include "source/export_file/detail/escapes.h"

namespace tg::export_file::detail {
namespace {

namespace json = boost::json;

// Where in the document a container stands, as far as it matters.
enum class Place : std::uint8_t { root, personal, chats, list, chat, messages, message, other };

constexpr std::string_view kExportAgain =
    "Export it again from Telegram Desktop (Settings > Advanced > Export Telegram data, format: machine-readable JSON)";

// The parser's handler (boost::json::basic_parser). Containers are a stack of places; inside a message everything goes
// to a value stack in an arena that is reused for the next message.
class Handler {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = kMaxString;
  static constexpr std::size_t max_key_size = 64 << 10;
  using Ec = json::error_code;

  explicit Handler(Listener& listener) : listener_(listener) {}

  // The parser gets [data, data + size), which stands at `offset` in the file.
  void chunk(const char* data, std::size_t size, std::int64_t offset) {
    chunk_ = {data, size};
    chunk_offset_ = offset;
  }
  std::optional<Error> failure;
  bool found_chats = false;
  bool root_is_object = false;
  std::int64_t message_at = 0;  // where the newest message began

  bool on_document_begin(Ec&) { return true; }
  bool on_document_end(Ec&) { return true; }

  bool on_object_begin(Ec& ec) {
    if (building_) return nest(ec);
    const Place inside = place_for_object();
    places_.push_back(inside);
    if (inside == Place::root) root_is_object = true;
    if (inside == Place::chat) head_ = {.name = {}, .type = {}, .id = {}, .of_account = true};
    if (inside == Place::message) {
      start_message();
      return count(0, ec);
    }
    key_.clear();
    return true;
  }
  bool on_object_end(std::size_t n, Ec& ec) {
    if (building_) {
      stack_->push_object(n);
      if (--depth_ > 0) return true;
      places_.pop_back();
      return finish_message(ec);
    }
    places_.pop_back();
    key_.clear();
    return true;
  }
  bool on_array_begin(Ec& ec) {
    if (building_) return nest(ec);
    const Place inside = place_for_array();
    if (inside == Place::messages) {
      found_chats = true;
      places_.push_back(inside);
      if (auto r = listener_.on_chat(head_, chunk_offset_); !r) return stop(r.error(), ec);
      return true;
    }
    if (inside == Place::message) {  // an array where a message should stand
      places_.push_back(inside);
      start_message();
      return count(0, ec);
    }
    places_.push_back(inside);
    key_.clear();
    return true;
  }
  bool on_array_end(std::size_t n, Ec& ec) {
    if (building_) {
      stack_->push_array(n);
      if (--depth_ > 0) return true;
      places_.pop_back();
      return finish_message(ec);
    }
    places_.pop_back();
    key_.clear();
    return true;
  }

  bool on_key_part(json::string_view s, std::size_t, Ec& ec) {
    note_position(s);
    if (building_) {
      stack_->push_chars(s);
      return count(s.size(), ec);
    }
    key_part_.append(s.data(), s.size());
    return true;
  }
  bool on_key(json::string_view s, std::size_t, Ec& ec) {
    note_position(s);
    if (building_) {
      stack_->push_key(s);
      return count(s.size(), ec);
    }
    key_ = std::exchange(key_part_, {});
    key_.append(s.data(), s.size());
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, Ec& ec) {
    if (building_) {
      stack_->push_chars(s);
      return count(s.size(), ec);
    }
    if (wanted()) string_part_.append(s.data(), s.size());
    return true;
  }
  bool on_string(json::string_view s, std::size_t, Ec& ec) {
    if (building_) {
      stack_->push_string(s);
      return count(s.size(), ec);
    }
    if (at_message()) return bare(ec, [&](json::value_stack& st) { st.push_string(s); });
    if (wanted()) {
      string_part_.append(s.data(), s.size());
      auto text = std::exchange(string_part_, {});
      if (key_ == "name")
        head_.name = std::move(text);
      else if (key_ == "type")
        head_.type = std::move(text);
    }
    return true;
  }
  bool on_number_part(json::string_view, Ec&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, Ec& ec) {
    if (building_) {
      stack_->push_int64(value);
      return count(0, ec);
    }
    if (at_message()) return bare(ec, [&](json::value_stack& st) { st.push_int64(value); });
    if (wanted() && key_ == "id") head_.id = value;
    if (top() == Place::personal && key_ == "user_id") {
      if (auto r = listener_.on_account(value); !r) return stop(r.error(), ec);
    }
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, Ec& ec) {
    return scalar(ec, [&](json::value_stack& st) { st.push_uint64(value); });
  }
  bool on_double(double value, json::string_view, Ec& ec) {
    return scalar(ec, [&](json::value_stack& st) { st.push_double(value); });
  }
  bool on_bool(bool value, Ec& ec) {
    return scalar(ec, [&](json::value_stack& st) { st.push_bool(value); });
  }
  bool on_null(Ec& ec) {
    return scalar(ec, [](json::value_stack& st) { st.push_null(); });
  }
  bool on_comment_part(json::string_view, Ec&) { return true; }
  bool on_comment(json::string_view, Ec&) { return true; }

 private:
  Place top() const { return places_.empty() ? Place::other : places_.back(); }
  bool at_message() const { return top() == Place::messages; }
  // Facts of a chat stand in the root of a one-chat export, or in the chat's own object.
  bool wanted() const { return top() == Place::root || top() == Place::chat; }

  Place place_for_object() const {
    if (places_.empty()) return Place::root;
    switch (top()) {
      case Place::root:
        if (key_ == "personal_information") return Place::personal;
        return key_ == "chats" || key_ == "left_chats" ? Place::chats : Place::other;
      case Place::list: return Place::chat;
      case Place::messages: return Place::message;
      default: return Place::other;
    }
  }
  Place place_for_array() {
    switch (top()) {
      case Place::root:
      case Place::chat: return key_ == "messages" ? Place::messages : Place::other;
      case Place::chats:
        if (key_ != "list") return Place::other;
        found_chats = true;
        return Place::list;
      case Place::messages: return Place::message;
      default: return Place::other;
    }
  }

  // Boost gives no offset, but an unescaped key is a view into the chunk.
  void note_position(json::string_view s) {
    if (s.data() < chunk_.data() || s.data() > chunk_.data() + chunk_.size()) return;
    const auto at = chunk_offset_ + (s.data() - chunk_.data());
    if (building_ && !placed_) {
      message_at = at;
      placed_ = true;
    }
  }

  void start_message() {
    building_ = true;
    placed_ = false;
    message_at = chunk_offset_;
    depth_ = 1;
    bytes_ = 0;
    arena_.emplace(buffer_, sizeof buffer_);  // not release(): its blocks would double from message to message
    stack_.emplace();
    stack_->reset(&*arena_);
  }
  bool finish_message(Ec& ec) {
    building_ = false;
    Result<void> taken;
    {
      const json::value message = stack_->release();
      taken = listener_.on_message(message, message_at);
    }
    stack_.reset();
    return taken ? true : stop(taken.error(), ec);
  }
  bool nest(Ec& ec) {
    ++depth_;
    return count(0, ec);
  }
  template <class Push>
  bool scalar(Ec& ec, Push push) {
    if (building_) {
      push(*stack_);
      return count(0, ec);
    }
    return at_message() ? bare(ec, push) : true;
  }
  // A value that is no container stands where a message should.
  template <class Push>
  bool bare(Ec& ec, Push push) {
    start_message();
    push(*stack_);
    return finish_message(ec);
  }
  bool count(std::size_t bytes, Ec& ec) {
    bytes_ += bytes + 32;
    if (bytes_ <= kMaxMessageBytes) return true;
    return stop(Error{Code::invalid_input, fmt::format("a message is larger than {} MiB", kMaxMessageBytes >> 20),
                      "No message of Telegram is so large: the file is damaged"},
                ec);
  }
  bool stop(Error error, Ec& ec) {
    failure = std::move(error);
    ec = make_error_code(boost::system::errc::operation_canceled);
    return false;
  }

  Listener& listener_;
  std::string_view chunk_;
  std::int64_t chunk_offset_ = 0;
  std::vector<Place> places_;
  std::string key_, key_part_, string_part_;
  ChatHead head_;
  bool building_ = false, placed_ = false;
  std::size_t depth_ = 0, bytes_ = 0;
  alignas(16) unsigned char buffer_[64 << 10];
  std::optional<json::monotonic_resource> arena_;
  std::optional<json::value_stack> stack_;
};

json::parse_options options() {
  json::parse_options o;
  o.max_depth = kMaxDepth;
  return o;
}

// `foreign`: the byte at fault is no ASCII, so it is an invalid UTF-8 sequence.
Error explain(const json::error_code& ec, std::int64_t at, bool foreign = false) {
  const auto where = fmt::format("byte {}", at);
  if (ec == json::error::incomplete) {
    return {Code::invalid_input, fmt::format("the file ends in the middle, at {}", where),
            "The copy or the export was cut off: copy it again, or export again; what is here already is kept"};
  }
  if (ec == json::error::too_deep) {
    return {Code::invalid_input, fmt::format("at {} values are nested deeper than {}", where, kMaxDepth),
            "No export is so deep: the file is damaged or not an export"};
  }
  if (ec == json::error::string_too_large || ec == json::error::key_too_large) {
    return {Code::invalid_input, fmt::format("at {} a text is longer than {} MiB", where, kMaxString >> 20),
            "No message of Telegram is so long: the file is damaged or not an export"};
  }
  if (foreign) {
    return {Code::invalid_input, fmt::format("invalid UTF-8 at {}", where),
            "The file was damaged or saved in another encoding: " + std::string(kExportAgain)};
  }
  return {Code::invalid_input, fmt::format("not JSON at {} ({})", where, ec.message()), std::string(kExportAgain)};
}

}  // namespace

struct JsonStream::Impl {
  explicit Impl(Listener& listener) : parser(options(), listener) {}

  // Feeds one piece; `offset` is its place in the file.
  bool feed(std::string_view piece, std::int64_t offset) {
    if (parser.done()) {  // only white space may follow
      const auto extra = piece.find_first_not_of(" \t\r\n");
      if (extra == std::string_view::npos) return true;
      error = Error{
          Code::invalid_input,
          fmt::format("more text after the end of the export, at byte {}", offset + static_cast<std::int64_t>(extra)),
          "The file was joined with another, or is damaged"};
      return false;
    }
    parser.handler().chunk(piece.data(), piece.size(), offset);
    json::error_code ec;
    const auto used = parser.write_some(true, piece.data(), piece.size(), ec);
    if (!ec) return used == piece.size() || feed(piece.substr(used), offset + static_cast<std::int64_t>(used));
    if (parser.handler().failure) {
      error = parser.handler().failure;
    } else {
      const bool foreign = used < piece.size() && static_cast<unsigned char>(piece[used]) >= 0x80;
      error = explain(ec, offset + static_cast<std::int64_t>(used), foreign);
    }
    return false;
  }

  Escapes escapes;
  json::basic_parser<Handler> parser;
  std::optional<Error> error;
  std::int64_t read = 0;
};

JsonStream::JsonStream(Listener& listener) : impl_(std::make_unique<Impl>(listener)) {}
JsonStream::~JsonStream() = default;

Result<void> JsonStream::write(std::string_view bytes) {
  const auto begin = impl_->read;
  impl_->read += static_cast<std::int64_t>(bytes.size());
  if (begin == 0 && bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);  // byte order mark
  const auto chunk_begin = impl_->read - static_cast<std::int64_t>(bytes.size());
  const bool ok = impl_->escapes.pass(bytes, [&](std::string_view piece) {
    // A repaired escape is no part of the chunk; the chunk's beginning is near enough for it.
    const bool inside = piece.data() >= bytes.data() && piece.data() <= bytes.data() + bytes.size();
    return impl_->feed(piece, chunk_begin + (inside ? piece.data() - bytes.data() : 0));
  });
  if (!ok) return *impl_->error;
  return {};
}

Result<void> JsonStream::finish() {
  if (!impl_->escapes.finish([&](std::string_view piece) { return impl_->feed(piece, impl_->read); })) {
    return *impl_->error;
  }
  if (impl_->read == 0) {
    return Error{Code::invalid_input, "the file is empty", std::string(kExportAgain)};
  }
  json::error_code ec;
  if (!impl_->parser.done()) {
    impl_->parser.write_some(false, "", 0, ec);
    if (ec) return explain(ec, impl_->read);
  }
  if (!impl_->parser.handler().root_is_object || !impl_->parser.handler().found_chats) {
    return Error{Code::invalid_input, "this JSON is not a Telegram Desktop export: it has no messages and no chats",
                 std::string(kExportAgain)};
  }
  return {};
}

}  // namespace tg::export_file::detail
