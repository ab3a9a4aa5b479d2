#pragma once
// Whether one of the errors tells something, and which ones there are when none does.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace tg::config {

inline std::string all_of(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += "\n  " + error.to_string();
  return text;
}

inline testing::AssertionResult tells(const std::vector<Error>& errors, std::string_view part) {
  for (const Error& error : errors) {
    if (error.to_string().find(part) != std::string::npos) return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "nothing tells \"" << part << "\" among:" << all_of(errors);
}

}  // namespace tg::config
