#pragma once
// Beast's incremental HTTP/1 parser, filling a Request in place. The header must lie in one piece in the caller's
// buffer; bodies arrive in any pieces. Every bound is checked before anything is kept.

#include <atomic>
#include <boost/beast/http/basic_parser.hpp>

#include "api/http/message.h"

namespace tg::api {

// What all large request bodies together may hold. Small ones are bounded by the number of connections.
struct BodyBudget {
  static constexpr std::int64_t kSmall = 16 * 1'024;
  std::atomic<std::int64_t> used{0};
  std::int64_t limit = 64LL << 20;
};

class Parser final : public boost::beast::http::basic_parser<true> {
 public:
  Parser(Request& request, BodyBudget& budget, std::uint32_t max_header, std::uint64_t max_body);
  ~Parser() override;

  bool wants_continue() const { return wants_continue_; }  // Expect: 100-continue, and nobody has said so yet
  void continued() { wants_continue_ = false; }
  bool out_of_budget() const { return out_of_budget_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  static constexpr int kMaxFields = 100;

  void on_request_impl(boost::beast::http::verb method, string_view method_text, string_view target, int version,
                       error_code& ec) override;
  void on_response_impl(int code, string_view reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field name, string_view name_text, string_view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& content_length, error_code& ec) override;
  std::size_t on_body_impl(string_view body, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body, error_code& ec) override;
  void on_finish_impl(error_code& ec) override;

  bool reserve(std::size_t body_size, error_code& ec);

  Request& request_;
  BodyBudget& budget_;
  std::int64_t reserved_ = 0;
  int fields_ = 0;
  bool header_done_ = false;
  bool wants_continue_ = false;
  bool out_of_budget_ = false;
};

}  // namespace tg::api
