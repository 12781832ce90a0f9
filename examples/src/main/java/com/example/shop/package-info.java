/**
 * An extension of the gateway as somebody else would write it: {@link
 * com.example.shop.ShopExtension} says what there is.
 */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;
