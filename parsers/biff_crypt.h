/* biff_crypt.h - workbooks that Excel encrypts with a password of its own.
 *
 * Who protects the structure of a workbook in Excel gets a file that is encrypted with the password
 * "VelvetSweatshop", which every program tries before it asks for another: nobody knows that it is encrypted.
 */
#pragma once

#include "parsers/biff_records.h"

/* The stream with its records in the clear, given the FILEPASS record that stands in it; NULL if it takes
 * another password or another way (RC4 of Office 97 and of CryptoAPI are read). The caller unrefs. */
GBytes *biff_decrypt(GBytes *stream, const BiffRecord *filepass);
