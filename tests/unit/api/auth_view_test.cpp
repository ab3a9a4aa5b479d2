#include "api/view/auth_view.h"

#include <gtest/gtest.h>

#include "api/view/qr.h"

namespace tg::api {
namespace {

source::AccountState at(const std::string& name, const std::string& stage, std::int64_t since_s) {
  source::AccountState state;
  state.name = name;
  state.stage = stage;
  state.since = model::Time{since_s * 1'000'000};
  return state;
}

TEST(AuthView, TheAccountThatSignsInIsTheCurrentOne) {
  EXPECT_EQ(current_account({}), nullptr);
  const std::vector<source::AccountState> all{at("old", "ready", 1), at("begun", "code", 2), at("new", "ready", 3)};
  EXPECT_EQ(current_account(all)->name, "begun");
  const std::vector<source::AccountState> done{at("old", "ready", 1), at("new", "ready", 3)};
  EXPECT_EQ(current_account(done)->name, "new");
}

TEST(AuthView, AClosedAccountWasCancelledOrHasATrouble) {
  auto closed = at("main", "closed", 1);
  EXPECT_EQ(status_of(closed), "cancelled");
  closed.revoked = true;
  EXPECT_EQ(status_of(closed), "error");
  EXPECT_FALSE(signs_in(closed));
}

TEST(AuthView, EachStepOfASignInIsUnderWay) {
  for (const auto* stage : {"starting", "phone", "code", "password", "qr", "closing"}) {
    EXPECT_TRUE(signs_in(at("main", stage, 1))) << stage;
  }
  EXPECT_FALSE(signs_in(at("main", "ready", 1)));
}

TEST(QrSvg, IsDrawnOnWhiteAndCarriesNothingOfItsText) {
  const auto picture = qr_svg("tg://login?token=<script>\"&");
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->find("script"), std::string::npos);
  EXPECT_TRUE(picture->starts_with("<svg "));
}

TEST(QrSvg, WhatDoesNotFitIsNotDrawn) { EXPECT_FALSE(qr_svg(std::string(5'000, 'x'))); }

}  // namespace
}  // namespace tg::api
