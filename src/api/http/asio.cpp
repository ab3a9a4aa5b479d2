// The compiled halves of Asio and Beast, once for the program (BOOST_…_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
