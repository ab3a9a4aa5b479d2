#include "source/tdlib/tdlib_source.h"

namespace tg::tdlib {

Account::Setup setup_of(const Options& options, const std::string& account) {
  Account::Setup setup;
  setup.name = account;
  setup.folder = options.accounts / account;
  setup.api_id = options.api_id;
  setup.api_hash = options.api_hash;
  setup.test_dc = options.test_dc;
  setup.proxy_host = options.proxy_host;
  setup.proxy_port = options.proxy_port;
  setup.database_key = options.database_key;
  setup.version = options.version;
  return setup;
}

}  // namespace tg::tdlib
