// SPDX-License-Identifier: GPL-2.0-only
#include <linux/init.h>
#include <linux/module.h>

#include "netdev_naming.h"

static int __init netdev_naming_init(void)
{
	int err;

	nn_nic_init();
	err = nn_log_init();
	if (err)
		return err;
	err = nn_altname_init();
	if (err)
		goto err_exit_log;
	err = nn_node_init();
	if (err)
		goto err_exit_altname;
	err = nn_node_work_init();
	if (err)
		goto err_exit_node;
	err = nn_node_start();
	if (err)
		goto err_exit_node_work;
	err = nn_event_device_init();
	if (err)
		goto err_stop_node;
	err = nn_control_init();
	if (err)
		goto err_exit_event_device;
	err = nn_notifier_init();
	if (err)
		goto err_exit_control;
	/* Whoever loads the module finds the nodes of the NICs that there are. */
	nn_node_announce_and_wait(0);
	return 0;

err_exit_control:
	nn_control_exit();
err_exit_event_device:
	nn_event_device_exit();
err_stop_node:
	nn_node_stop();
err_exit_node_work:
	nn_node_work_exit();
err_exit_node:
	nn_node_exit();
err_exit_altname:
	nn_altname_exit();
err_exit_log:
	nn_log_exit();
	nn_nic_exit();
	return err;
}

/* No descriptor is open any more: each of them holds the module. */
static void __exit netdev_naming_exit(void)
{
	nn_notifier_exit();
	nn_control_exit();
	nn_event_device_exit();
	nn_node_stop();
	nn_node_work_exit();
	nn_node_exit();
	nn_altname_exit();
	nn_log_exit();
	nn_nic_exit();
}

module_init(netdev_naming_init);
module_exit(netdev_naming_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Nodes that stand for network devices and follow them");
