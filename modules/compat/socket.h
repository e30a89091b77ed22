/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets that the kernel itself uses. */
#ifndef COMPAT_SOCKET_H
#define COMPAT_SOCKET_H

#include <linux/net.h>
#include <linux/netlink.h>

/**
 * compat_netlink_bind() - give a kernel socket a netlink address
 * @sock: AF_NETLINK socket
 * @addr: address
 *
 * 6.19 gave kernel_bind() an address type of its own.
 *
 * Return: what kernel_bind() returns.
 */
static inline int compat_netlink_bind(struct socket *sock, struct sockaddr_nl *addr)
{
#ifdef COMPAT_HAVE_SOCKADDR_UNSIZED
	return kernel_bind(sock, (struct sockaddr_unsized *)addr, sizeof(*addr));
#else
	return kernel_bind(sock, (struct sockaddr *)addr, sizeof(*addr));
#endif
}

#endif /* COMPAT_SOCKET_H */
