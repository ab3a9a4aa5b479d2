#pragma once
// A server that takes mail, and one mail to it by libcurl. Any thread.

#include <stop_token>
#include <string>

#include "model/result.h"

namespace tg::sink {

struct MailServer {
  std::string host;
  int port = 587;
  std::string user, password;  // empty = without signing in
  std::string from;
  std::string tls = "starttls";  // starttls, tls, none
  std::string tls_ca_file;       // empty = the system's
};

struct Mail {
  std::string to;
  std::string subject, text;  // UTF-8; a line break in the subject becomes a blank
  std::string id;             // of what it tells: the same mail has the same one
};

// RFC 5322 with MIME: headers of ASCII alone, the text in base64.
std::string written(const MailServer& server, const Mail& mail);

// invalid_input: the server will never take it (5xx); otherwise it may be tried again. At most 9 s.
Result<void> send(const MailServer& server, const Mail& mail, const std::stop_token& stop);

}  // namespace tg::sink
