#pragma once
// The name under which a browser saves a file. Names come from whoever posted the message: no folders, nothing that
// turns the reading direction or is not seen, no dot in front, not longer than file systems take.

#include <string>
#include <string_view>

namespace tg::api {

std::string safe_file_name(std::string_view name);  // UTF-8, at most 150 bytes; may be empty
// The value of Content-Disposition (RFC 6266): the name in UTF-8, and for old clients in ASCII.
std::string content_disposition(bool shown, std::string_view name);

}  // namespace tg::api
