# tg_module(NAME [DEPS target...]): every .cpp of the folder becomes the static library tg_NAME.
# tg_unit_tests(NAME): every .cpp of tests/unit/NAME becomes one test program.

find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers change the time stamps that ccache looks at; -fpch-preprocess lets it see them at all.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime CCACHE_NOHASHDIR=1
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

add_library(tg_flags INTERFACE)
target_include_directories(tg_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(tg_flags INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
target_compile_options(tg_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${TG_WERROR}>:-Werror> -fstack-protector-strong $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(tg_flags INTERFACE -fpch-instantiate-templates)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms of GCC 12 inside std::string and std::optional (GCC bugs 105329, 105651, 105562).
  target_compile_options(tg_flags INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Several files are compiled as one, in a quarter of the time; GCC then takes a .cpp for a header.
  target_compile_options(tg_flags INTERFACE -Wno-subobject-linkage)
endif()
if(TG_SANITIZE)
  target_compile_options(tg_flags INTERFACE -fsanitize=${TG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tg_flags INTERFACE -fsanitize=${TG_SANITIZE})
  if(TG_SANITIZE STREQUAL "thread")
    # Asio has one fence, before it frees a handler; the sanitizer does not model it and GCC says so of every file.
    target_compile_options(tg_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
if(TG_COVERAGE)
  target_compile_options(tg_flags INTERFACE --coverage)
  target_link_options(tg_flags INTERFACE --coverage)
endif()
target_link_libraries(tg_flags INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT TG_SANITIZE)
  find_program(MOLD mold)
  if(MOLD)
    target_link_options(tg_flags INTERFACE -fuse-ld=mold)
  endif()
endif()

# One precompiled header for the whole tree; the heavy network headers are kept to src/api.
add_library(tg_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(tg_pch PUBLIC tg_flags Boost::json fmt::fmt)
target_precompile_headers(tg_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)

function(tg_module NAME)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/detail/*.cpp)
  if(NOT SOURCES)
    set(SOURCES ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
  endif()
  add_library(tg_${NAME} STATIC ${SOURCES})
  target_link_libraries(tg_${NAME} PUBLIC tg_flags Boost::json fmt::fmt ${ARG_DEPS})
  target_precompile_headers(tg_${NAME} REUSE_FROM tg_pch)
endfunction()

add_custom_target(unit_tests)  # all of them, and what they need

function(tg_unit_tests NAME)
  file(GLOB SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.cpp)
  if(NOT SOURCES)
    return()
  endif()
  add_executable(test_${NAME} ${SOURCES})
  add_dependencies(unit_tests test_${NAME})
  target_link_libraries(test_${NAME} PRIVATE tg_${NAME} tg_test_support rapidcheck GTest::gtest_main)
  target_precompile_headers(test_${NAME} REUSE_FROM tg_pch)
  gtest_discover_tests(test_${NAME} TEST_PREFIX ${NAME}/ DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()
