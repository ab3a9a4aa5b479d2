#include "model/result.h"

namespace tg {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::invalid_input: return "invalid_input";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::permission: return "permission";
    case Code::unavailable: return "unavailable";
    case Code::out_of_space: return "out_of_space";
    case Code::corrupt: return "corrupt";
    case Code::gapped: return "gapped";
    case Code::timeout: return "timeout";
    case Code::unsupported: return "unsupported";
    case Code::internal: break;
  }
  return "internal";
}

}  // namespace tg
