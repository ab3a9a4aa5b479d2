#pragma once
// Beast's incremental HTTP/1 parser, filling a Request in place. The header must lie in one piece in the caller's
// buffer; bodies arrive in any pieces. Every bound is checked before anything is kept.

#include <boost/beast/http/basic_parser.hpp>

#include "api/http/budget.h"
#include "api/http/message.h"

namespace tg::api {

class Parser final : public boost::beast::http::basic_parser<true> {
 public:
  // `held` is the body's memory; whoever drops the body frees it.
  Parser(Request& request, Reservation& held, std::uint32_t max_header, std::uint64_t max_body);

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

  Request& request_;
  Reservation& held_;
  int fields_ = 0;
  bool header_done_ = false;
  bool wants_continue_ = false;
  bool out_of_budget_ = false;
};

}  // namespace tg::api
