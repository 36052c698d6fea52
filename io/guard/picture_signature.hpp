#pragma once
#include <string>
#include <string_view>

/// By what this program knows its own pictures and simulated images, so that they may be replaced
/// and others not.
namespace xrdct::io {

/// A PNG with a tEXt chunk `Software: xrdct` behind its header.
std::string signed_png(std::string const& png);

/// An SVG, PDF or CBF with a last line that is a comment: "xrdct" and the MD5 sum of all lines
/// before it.
std::string signed_svg(std::string const& svg);
std::string signed_pdf(std::string const& pdf);
std::string signed_cbf(std::string const& cbf);

/// Whether a PNG has exactly the chunks before its pixels that this program writes; others come
/// with another program, or a user's comment.
bool is_own_png(std::string_view png);

/// Whether the last line of an SVG, PDF or CBF is this program's and the sum is that of the other
/// lines: nobody has changed it. \param file all of its bytes
bool is_signed_by_last_line(std::string_view file);

}  // namespace xrdct::io
